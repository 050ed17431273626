#include "CPostgres.h"

#include <dlfcn.h>
#include <stddef.h>

/// The names that libpq goes by: its interface has had the number 5 since PostgreSQL 8.0.
static const char *const names[] = {
#ifdef __APPLE__
    "libpq.5.dylib",
    "/opt/homebrew/opt/libpq/lib/libpq.5.dylib",
    "/usr/local/opt/libpq/lib/libpq.5.dylib",
#else
    "libpq.so.5",
#endif
};

static struct PostgresLibrary library;

const struct PostgresLibrary *loadPostgresLibrary(const char **message) {
    void *handle = NULL;
    for (size_t index = 0; handle == NULL && index < sizeof names / sizeof *names; index++) {
        handle = dlopen(names[index], RTLD_LAZY | RTLD_LOCAL);
    }
    if (handle == NULL) {
        *message = dlerror();
        return NULL;
    }
#define POSTGRES_LOAD(name)                                       \
    void *const found_##name = dlsym(handle, #name);              \
    if (found_##name == NULL) {                                   \
        *message = dlerror();                                     \
        return NULL;                                              \
    }                                                             \
    library.name = (__typeof__(&name))found_##name;
    POSTGRES_FUNCTIONS(POSTGRES_LOAD)
#undef POSTGRES_LOAD
    return &library;
}

#ifndef C_POSTGRES_H
#define C_POSTGRES_H

#if __has_include(<libpq-fe.h>)
#include <libpq-fe.h>
#elif __has_include(<postgresql/libpq-fe.h>)
#include <postgresql/libpq-fe.h>
#elif __has_include("/opt/homebrew/opt/libpq/include/libpq-fe.h")
#include "/opt/homebrew/opt/libpq/include/libpq-fe.h"
#else
#error "libpq's headers are missing: install the package libpq-dev (Debian, Ubuntu), libpq-devel (Fedora) or libpq (Homebrew)"
#endif

/// The functions of libpq that Reel calls.
#define POSTGRES_FUNCTIONS(FUNCTION) \
    FUNCTION(PQclear)                \
    FUNCTION(PQcmdTuples)            \
    FUNCTION(PQconnectdbParams)      \
    FUNCTION(PQconninfoFree)         \
    FUNCTION(PQconninfoParse)        \
    FUNCTION(PQconsumeInput)         \
    FUNCTION(PQerrorMessage)         \
    FUNCTION(PQexec)                 \
    FUNCTION(PQexecParams)           \
    FUNCTION(PQfinish)               \
    FUNCTION(PQfreemem)              \
    FUNCTION(PQgetisnull)            \
    FUNCTION(PQgetlength)            \
    FUNCTION(PQgetvalue)             \
    FUNCTION(PQnfields)              \
    FUNCTION(PQnotifies)             \
    FUNCTION(PQntuples)              \
    FUNCTION(PQresultErrorField)     \
    FUNCTION(PQresultStatus)         \
    FUNCTION(PQsetNoticeProcessor)   \
    FUNCTION(PQsocket)               \
    FUNCTION(PQstatus)

/// libpq as it has been found on this machine: its functions, with the types that its header gives them.
struct PostgresLibrary {
#define POSTGRES_FIELD(name) __typeof__(&name) _Nonnull name;
    POSTGRES_FUNCTIONS(POSTGRES_FIELD)
#undef POSTGRES_FIELD
};

/// Loads libpq, which stays loaded.
///
/// It is not linked: it brings two dozen libraries (TLS, Kerberos, LDAP), and a program that only reads a file would wait
/// for all of them whenever it starts.
///
/// - Returns: nothing, and in `message` what the loader says, when there is no libpq or one without these functions.
const struct PostgresLibrary *_Nullable loadPostgresLibrary(const char *_Nullable *_Nonnull message);

#endif

#include <stddef.h>

// A file that is part of the program.
struct dashboard_file {
    const char *name;
    const unsigned char *bytes;
    size_t count;
};

// The file with this index, or one without a name when there is none.
struct dashboard_file dashboard_file_at(size_t index);

#include "lib/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *must(void *memory)
{
    if (memory == NULL) {
        (void)fputs("sshexec: out of memory\n", stderr);
        abort();
    }
    return memory;
}

void *memory_zeroed(size_t bytes)
{
    return must(calloc(1, bytes));
}

void *memory_resize(void *old, size_t bytes)
{
    return must(realloc(old, bytes));
}

char *memory_text(const char *text)
{
    return text == NULL ? NULL : must(strdup(text));
}

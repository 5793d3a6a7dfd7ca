#include "lib/candidates.h"

#include "lib/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void add(struct candidates *candidates, const char *name, const char *domain)
{
    size_t size = strlen(name) + strlen(domain) + 2;
    char *text = memory_zeroed(size);
    (void)snprintf(text, size, "%s%s%s", name, domain[0] != '\0' ? "." : "", domain);
    candidates->names =
        memory_resize(candidates->names, (candidates->count + 1) * sizeof *candidates->names);
    candidates->names[candidates->count++] = text;
}

static int count_dots(const char *name)
{
    int dots = 0;
    for (; *name != '\0'; name++)
        dots += *name == '.';
    return dots;
}

void candidates_init(struct candidates *candidates, const char *name, const char *const *domains,
                     size_t domain_count, int ndots)
{
    size_t length = strlen(name);
    int as_it_is_first = count_dots(name) >= ndots;
    *candidates = (struct candidates){.names = NULL};
    if (length > 0 && name[length - 1] == '.') {
        add(candidates, name, "");
        return;
    }
    if (as_it_is_first)
        add(candidates, name, "");
    for (size_t i = 0; i < domain_count; i++)
        add(candidates, name, domains[i]);
    if (!as_it_is_first)
        add(candidates, name, "");
}

void candidates_fini(struct candidates *candidates)
{
    for (size_t i = 0; i < candidates->count; i++)
        free(candidates->names[i]);
    free(candidates->names);
    *candidates = (struct candidates){.names = NULL};
}

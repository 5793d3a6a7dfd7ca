/* The list of defects; each is in the file of its theme. */
#include "defect.h"

#include <string.h>

const struct defect defects[] = {
#define X(name, shown_by, verdict, profile, sentence, run) \
    {name, shown_by, verdict, profile, sentence, run},
    DEFECTS(X)
#undef X
};

const int defect_count = sizeof defects / sizeof defects[0];

const struct defect *defect_find(const char *name)
{
    for (int i = 0; i < defect_count; i++) {
        if (strcmp(defects[i].name, name) == 0)
            return &defects[i];
    }
    return NULL;
}

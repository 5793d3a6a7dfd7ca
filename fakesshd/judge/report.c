#include "judge/report.h"

#include "judge/report_github.h"
#include "judge/report_html.h"
#include "judge/report_json.h"
#include "judge/report_junit.h"
#include "judge/report_md.h"
#include "judge/report_tap.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

enum err report_write_all(const struct report_outputs *outputs, const json_t *results,
                          struct err_text *error)
{
    enum err failed = ERR_NONE;
#define X(name, letter, value, sentence)             \
    if (failed == ERR_NONE && outputs->name != NULL) \
        failed = report_##name##_write(outputs->name, results, error);
    REPORT_FORMATS(X)
#undef X
    return failed;
}

const char *report_evidence_folder(const struct report_outputs *outputs)
{
    static char folder[PATH_MAX];
    if (outputs->json == NULL || strcmp(outputs->json, "-") == 0)
        return NULL;
    (void)snprintf(folder, sizeof folder, "%s.evidence", outputs->json);
    return folder;
}

const char **report_path_of(struct report_outputs *outputs, int letter)
{
#define X(name, its, value, sentence) \
    if (letter == (its))              \
        return &outputs->name;
    REPORT_FORMATS(X)
#undef X
    return NULL;
}

bool report_uses_stdout(const struct report_outputs *outputs)
{
#define X(name, letter, value, sentence)                                   \
    if (value && outputs->name != NULL && strcmp(outputs->name, "-") == 0) \
        return true;
    REPORT_FORMATS(X)
#undef X
    return false;
}

size_t report_count(const struct report_outputs *outputs)
{
    size_t count = 0;
#define X(name, letter, value, sentence) count += outputs->name != NULL;
    REPORT_FORMATS(X)
#undef X
    return count;
}

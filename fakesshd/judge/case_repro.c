#include "judge/case_repro.h"

#include "base/data_dir.h"

#include <string.h>

void case_repro_word(FILE *out, const char *word)
{
    bool plain = word[0] != '\0' && word[strcspn(word, " \t\n'\"\\$`*?[](){}<>|&;#~!")] == '\0';
    fputs(plain ? " " : " '", out);
    for (const char *at = word; *at != '\0'; at++) {
        if (*at == '\'')
            fputs("'\\''", out);
        else
            fputc(*at, out);
    }
    if (!plain)
        fputc('\'', out);
}

void case_repro_client(FILE *out, const struct manifest *manifest)
{
    if (manifest->file != NULL) {
        fputs(" --client", out);
        case_repro_word(out, data_dir_holds(manifest->file) ? manifest->name : manifest->file);
    } else {
        fputs(" --", out);
        for (char **word = manifest->argv; *word != NULL; word++)
            case_repro_word(out, *word);
    }
}

#include "judge/procfs_go.h"

#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NAMES_MAX_BYTES = 64 * 1024 };

static bool read_at(int fd, off_t offset, void *bytes, size_t size)
{
    return pread(fd, bytes, size, offset) == (ssize_t)size;
}

static bool names_hold(int fd, const Elf64_Ehdr *header, const char *name)
{
    Elf64_Shdr section;
    off_t at = (off_t)header->e_shoff + (off_t)header->e_shstrndx * (off_t)sizeof section;
    if (!read_at(fd, at, &section, sizeof section) || section.sh_size > NAMES_MAX_BYTES)
        return false;
    char *names = malloc(section.sh_size + 1);
    bool found = names != NULL && read_at(fd, (off_t)section.sh_offset, names, section.sh_size) &&
                 memmem(names, section.sh_size, name, strlen(name) + 1) != NULL;
    free(names);
    return found;
}

bool procfs_is_go(pid_t pid)
{
    char path[64];
    Elf64_Ehdr header;
    (void)snprintf(path, sizeof path, "/proc/%d/exe", (int)pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool found = read_at(fd, 0, &header, sizeof header) &&
                 memcmp(header.e_ident, ELFMAG, SELFMAG) == 0 &&
                 header.e_ident[EI_CLASS] == ELFCLASS64 && names_hold(fd, &header, ".go.buildinfo");
    (void)close(fd);
    return found;
}

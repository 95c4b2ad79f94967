// A program that shares memory as POSIX says, and knows nothing of Coview.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static void need(int so, const char *what) {
    if (!so) { perror(what); exit(1); }
}

// Says a line, and waits to be told to go on.
static void say(const char *line) {
    puts(line);
    fflush(stdout);
    getchar();
}

int main(int argc, char **argv) {
    need(argc == 3, "usage: stranger make|open|path|memfd NAME");
    const char *how = argv[1], *name = argv[2];
    int makes = !strcmp(how, "make"), fd;
    if (makes) fd = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
    else if (!strcmp(how, "open")) fd = shm_open(name, O_RDWR, 0);
    else if (!strcmp(how, "path")) fd = open(name, O_RDWR);
    else makes = 1, fd = memfd_create(name, 0);
    need(fd >= 0, how);
    if (makes) need(ftruncate(fd, 8192) == 0, "ftruncate");
    struct stat file;
    need(fstat(fd, &file) == 0 && file.st_size == 8192, "the size");
    char *bytes = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    need(bytes != MAP_FAILED, "mmap");
    if (!makes) need(!strcmp(bytes, "from Rust"), "what Rust wrote before");
    strcpy(bytes + 4096, "from C");
    char line[64];
    snprintf(line, sizeof line, "%d %d", (int)getpid(), fd);
    say(line);
    need(!strcmp(bytes, "from Rust"), "what Rust wrote");
    if (!strcmp(how, "make")) need(shm_unlink(name) == 0, "shm_unlink");
    return 0;
}

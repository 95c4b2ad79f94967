// See system.h. On Linux.
#ifndef _WIN32

#define _GNU_SOURCE
#include "system.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <windows.h>

#define NOBODY 65534

struct system_process {
    pid_t id;
    int input;
    int output;
};

void system_program(char *path, size_t size) {
    ssize_t length = readlink("/proc/self/exe", path, size - 1);
    path[length < 0 ? 0 : length] = 0;
}

struct system_process *system_start(const char *const *arguments) {
    struct system_process *process = calloc(1, sizeof *process);
    int input[2], output[2];
    if (process == NULL || pipe2(input, O_CLOEXEC) != 0 || pipe2(output, O_CLOEXEC) != 0) return NULL;
    char program[512];
    system_program(program, sizeof program);
    char *words[16] = {program};
    for (size_t at = 0; arguments[at] != NULL && at < 14; at++) words[at + 1] = (char *)arguments[at];
    process->id = fork();
    if (process->id == 0) {
        dup2(input[0], 0);
        dup2(output[1], 1);
        execv(program, words);
        _exit(127);
    }
    close(input[0]);
    close(output[1]);
    process->input = input[1];
    process->output = output[0];
    return process->id < 0 ? NULL : process;
}

void system_read_line(struct system_process *process, char *line, size_t size) {
    size_t length = 0;
    char c;
    while (length + 1 < size && read(process->output, &c, 1) == 1 && c != '\n') line[length++] = c;
    line[length] = 0;
}

void system_write_line(struct system_process *process, const char *line) {
    dprintf(process->input, "%s\n", line);
}

void system_close_input(struct system_process *process) {
    if (process->input >= 0) close(process->input);
    process->input = -1;
}

void system_kill(struct system_process *process) {
    kill(process->id, SIGKILL);
}

int system_wait(struct system_process *process) {
    int status = 0;
    while (waitpid(process->id, &status, 0) < 0 && errno == EINTR) continue;
    system_close_input(process);
    close(process->output);
    free(process);
    if (WIFEXITED(status)) return WEXITSTATUS(status);
    return WTERMSIG(status) == SIGSEGV ? SYSTEM_FAULT : SYSTEM_KILLED;
}

unsigned system_id(const struct system_process *process) {
    return (unsigned)process->id;
}

void system_expect_fault(void) {
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
}

int system_can_be_stranger(void) {
    return geteuid() == 0;
}

void system_become_stranger(void) {
    if (setresgid(NOBODY, NOBODY, NOBODY) != 0 || setresuid(NOBODY, NOBODY, NOBODY) != 0) _exit(126);
    // As if it had been started as that user: otherwise its own /proc is not its own.
    prctl(PR_SET_DUMPABLE, 1);
}

void *system_pipe(void) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return NULL;
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", ends[0]);
    HANDLE handle = CreateFileA(path, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    close(ends[0]);
    close(ends[1]);
    return handle == INVALID_HANDLE_VALUE ? NULL : handle;
}

const char *system_folder(void) {
    return "/";
}

system_function system_find(const char *name) {
    static const struct {
        const char *name;
        system_function function;
    } functions[] = {
        {"VirtualAlloc2", (system_function)VirtualAlloc2},
        {"MapViewOfFile3", (system_function)MapViewOfFile3},
        {"UnmapViewOfFile2", (system_function)UnmapViewOfFile2},
        {"CreateFileMapping2", (system_function)CreateFileMapping2},
    };
    for (size_t at = 0; at < sizeof functions / sizeof *functions; at++)
        if (strcmp(functions[at].name, name) == 0) return functions[at].function;
    return NULL;
}

#else
typedef int not_on_this_system;
#endif

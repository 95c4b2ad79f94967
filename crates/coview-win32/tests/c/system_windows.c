// See system.h. On Windows, or under Wine.
#ifdef _WIN32

#define _WIN32_WINNT 0x0A00
#include "system.h"

#include <windows.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct system_process {
    HANDLE process;
    HANDLE input;
    HANDLE output;
    DWORD id;
};

void system_program(char *path, size_t size) {
    if (GetModuleFileNameA(NULL, path, (DWORD)size) == 0) path[0] = 0;
}

// A pipe of which the child gets one end.
static int pipe_for_child(HANDLE *ours, HANDLE *childs, int child_reads) {
    SECURITY_ATTRIBUTES inherit = {sizeof inherit, NULL, TRUE};
    HANDLE reading, writing;
    if (!CreatePipe(&reading, &writing, &inherit, 0)) return 0;
    *ours = child_reads ? writing : reading;
    *childs = child_reads ? reading : writing;
    return SetHandleInformation(*ours, HANDLE_FLAG_INHERIT, 0);
}

struct system_process *system_start(const char *const *arguments) {
    struct system_process *process = calloc(1, sizeof *process);
    if (process == NULL) return NULL;
    HANDLE childs_input, childs_output;
    if (!pipe_for_child(&process->input, &childs_input, 1)) return NULL;
    if (!pipe_for_child(&process->output, &childs_output, 0)) return NULL;
    char line[4096];
    char *end = line;
    *end++ = '"';
    system_program(end, MAX_PATH);
    end += strlen(end);
    *end++ = '"';
    *end = 0;
    for (; *arguments != NULL; arguments++) end += sprintf(end, " \"%s\"", *arguments);
    STARTUPINFOA startup = {0};
    startup.cb = sizeof startup;
    startup.dwFlags = STARTF_USESTDHANDLES;
    startup.hStdInput = childs_input;
    startup.hStdOutput = childs_output;
    startup.hStdError = GetStdHandle(STD_ERROR_HANDLE);
    PROCESS_INFORMATION info;
    BOOL started = CreateProcessA(NULL, line, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &info);
    CloseHandle(childs_input);
    CloseHandle(childs_output);
    if (!started) return NULL;
    CloseHandle(info.hThread);
    process->process = info.hProcess;
    process->id = info.dwProcessId;
    return process;
}

void system_read_line(struct system_process *process, char *line, size_t size) {
    size_t length = 0;
    char c;
    DWORD read;
    while (length + 1 < size && ReadFile(process->output, &c, 1, &read, NULL) && read == 1 && c != '\n')
        if (c != '\r') line[length++] = c;
    line[length] = 0;
}

void system_write_line(struct system_process *process, const char *line) {
    DWORD written;
    WriteFile(process->input, line, (DWORD)strlen(line), &written, NULL);
    WriteFile(process->input, "\n", 1, &written, NULL);
}

void system_close_input(struct system_process *process) {
    if (process->input != NULL) CloseHandle(process->input);
    process->input = NULL;
}

void system_kill(struct system_process *process) {
    TerminateProcess(process->process, 9);
}

int system_wait(struct system_process *process) {
    DWORD code = 0;
    WaitForSingleObject(process->process, INFINITE);
    GetExitCodeProcess(process->process, &code);
    system_close_input(process);
    CloseHandle(process->output);
    CloseHandle(process->process);
    free(process);
    if (code == EXCEPTION_ACCESS_VIOLATION) return SYSTEM_FAULT;
    return code == 9 ? SYSTEM_KILLED : (int)code;
}

unsigned system_id(const struct system_process *process) {
    return process->id;
}

static LONG WINAPI end_of_fault(EXCEPTION_POINTERS *fault) {
    TerminateProcess(GetCurrentProcess(), fault->ExceptionRecord->ExceptionCode);
    return EXCEPTION_CONTINUE_SEARCH;
}

// The process ends as it would, but for the debugger that is started first.
void system_expect_fault(void) {
    SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX);
    SetUnhandledExceptionFilter(end_of_fault);
}

int system_can_be_stranger(void) {
    // An access list need not speak of the owner at all.
    return 1;
}

void system_become_stranger(void) {}

void *system_pipe(void) {
    HANDLE reading, writing;
    if (!CreatePipe(&reading, &writing, NULL, 0)) return NULL;
    CloseHandle(writing);
    return reading;
}

const char *system_folder(void) {
    return "C:\\";
}

system_function system_find(const char *name) {
    HMODULE module = GetModuleHandleA("kernelbase.dll");
    return module == NULL ? NULL : (system_function)(void *)GetProcAddress(module, name);
}

#else
typedef int not_on_this_system;
#endif

// The program that every tutorial on file mappings begins with: it creates a named mapping and writes into it what is
// typed. The same source runs on Windows and, with coview-win32, on Linux.
//
//     writer [NAME]
#include <windows.h>

#include <cstring>
#include <iostream>
#include <string>

const DWORD BUFFER_SIZE = 5 * 1024;

int main(int count, char **words) {
    std::wstring name = L"scoreboard";
    if (count > 1) name.assign(words[1], words[1] + strlen(words[1]));

    HANDLE mapping = CreateFileMappingW(INVALID_HANDLE_VALUE, NULL, PAGE_READWRITE, 0, BUFFER_SIZE, name.c_str());
    if (mapping == NULL) {
        std::cerr << "CreateFileMapping: error " << GetLastError() << std::endl;
        return 1;
    }
    char *view = static_cast<char *>(MapViewOfFile(mapping, FILE_MAP_ALL_ACCESS, 0, 0, BUFFER_SIZE));
    if (view == NULL) {
        std::cerr << "MapViewOfFile: error " << GetLastError() << std::endl;
        CloseHandle(mapping);
        return 1;
    }

    std::string line;
    while (std::cout << "Text, or exit: " << std::flush, std::getline(std::cin, line) && line != "exit") {
        if (line.size() >= BUFFER_SIZE) {
            std::cout << "At most " << BUFFER_SIZE - 1 << " characters." << std::endl;
            continue;
        }
        memcpy(view, line.c_str(), line.size() + 1);
        if (!FlushViewOfFile(view, 0)) std::cerr << "FlushViewOfFile: error " << GetLastError() << std::endl;
        std::cout << "Written." << std::endl;
    }

    UnmapViewOfFile(view);
    CloseHandle(mapping);
    return 0;
}

// The other half: it opens the mapping by its name and prints what is in it, whenever it is asked to.
//
//     reader [NAME]
#include <windows.h>

#include <cstring>
#include <iostream>
#include <string>

int main(int count, char **words) {
    std::wstring name = L"scoreboard";
    if (count > 1) name.assign(words[1], words[1] + strlen(words[1]));

    HANDLE mapping = OpenFileMappingW(FILE_MAP_READ, FALSE, name.c_str());
    if (mapping == NULL) {
        std::cerr << "OpenFileMapping: error " << GetLastError() << "; start the writer first" << std::endl;
        return 1;
    }
    const char *view = static_cast<const char *>(MapViewOfFile(mapping, FILE_MAP_READ, 0, 0, 0));
    if (view == NULL) {
        std::cerr << "MapViewOfFile: error " << GetLastError() << std::endl;
        CloseHandle(mapping);
        return 1;
    }

    std::string answer;
    while (std::cout << "Print it? (yes, exit) " << std::flush, std::cin >> answer && answer != "exit") {
        if (answer == "yes") std::cout << view << std::endl;
    }

    UnmapViewOfFile(view);
    CloseHandle(mapping);
    return 0;
}

// Feeds files to a fuzz target without libFuzzer: what was found once is looked for in every run of the tests, with any
// compiler.
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size);

int main(int count, char** words)
{
    namespace fs = std::filesystem;
    std::size_t files = 0;
    for (int i = 1; i < count; ++i)
    {
        if (!fs::is_directory(words[i]))
            continue; // a target that never failed has no regressions
        for (auto const& entry : fs::directory_iterator{words[i]})
        {
            std::ifstream stream{entry.path(), std::ios::binary};
            std::string const bytes{std::istreambuf_iterator<char>{stream}, {}};
            std::cout << entry.path().filename().string() << std::endl; // the last one told is the one that failed
            LLVMFuzzerTestOneInput(reinterpret_cast<std::uint8_t const*>(bytes.data()), bytes.size());
            ++files;
        }
    }
    std::cout << files << " files\n";
    return files > 0 ? 0 : 1;
}

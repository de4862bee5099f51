// A directory of its own for a test, removed at its end.
#pragma once

#include <atomic>
#include <filesystem>
#include <string>
#include <unistd.h>

namespace scimkit::test
{

class TemporaryDirectory
{
public:
    explicit TemporaryDirectory(std::filesystem::path const& parent = std::filesystem::temp_directory_path())
        : path_(parent / ("scimkit-test-" + std::to_string(::getpid()) + "-" + std::to_string(next_++)))
    {
        std::filesystem::create_directories(path_);
    }
    TemporaryDirectory(TemporaryDirectory const&) = delete;
    TemporaryDirectory& operator=(TemporaryDirectory const&) = delete;
    ~TemporaryDirectory()
    {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    std::filesystem::path const& path() const noexcept { return path_; }

private:
    static inline std::atomic<unsigned> next_{0};
    std::filesystem::path path_;
};

} // namespace scimkit::test

// Tokens and keys are worth what their files' permissions are.
#include "secret_files.hpp"

#include <charconv>
#include <fstream>
#include <sys/stat.h>

namespace server
{

namespace
{

constexpr off_t max_settings_bytes = 16 << 20; // of a TOML file of settings or tenants; it is refused

} // namespace

scimkit::result<std::optional<std::string>> check_permissions(std::string const& option, std::string const& file,
                                                              bool secret)
{
    struct stat status = {};
    if (::stat(file.c_str(), &status) != 0)
        return std::optional<std::string>{};
    auto const named = option + " " + file;
    if (S_ISREG(status.st_mode) && (status.st_mode & S_IWOTH) != 0)
        return scimkit::Error{scimkit::ErrorCode::invalid_value,
                              named + ": every account of this machine may write it; take that away (chmod o-w)"};
    if (secret && (status.st_mode & S_IROTH) != 0)
        return std::optional{named + ": every account of this machine may read it; chmod 600 keeps it secret"};
    return std::optional<std::string>{};
}

std::string readable_settings(std::string const& option, std::string const& file)
{
    struct stat status = {};
    if (::stat(file.c_str(), &status) != 0)
        return {};
    if (!S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode)) // a directory is told of by whoever opens it
        return option + " " + file + ": it is no regular file";
    if (S_ISREG(status.st_mode) && status.st_size > max_settings_bytes)
        return option + " " + file + ": it has more than 16 MiB";
    return {};
}

scimkit::result<std::array<unsigned char, 32>> read_key(std::string const& file)
{
    auto const wrong = [&](char const* why) -> scimkit::Error {
        return {scimkit::ErrorCode::invalid_value, file + " " + why};
    };
    std::ifstream in{file};
    if (!in)
        return wrong("cannot be read");
    std::array<unsigned char, 32> key{};
    for (unsigned char& byte : key)
    {
        std::array<char, 2> digits{};
        in.read(digits.data(), digits.size());
        auto const read = std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
        if (!in || read.ec != std::errc{} || read.ptr != digits.data() + digits.size())
            return wrong("does not begin with 64 hexadecimal digits (openssl rand -hex 32)");
    }
    in >> std::ws;
    if (!in.eof())
        return wrong("has more than 64 hexadecimal digits");
    return key;
}

} // namespace server

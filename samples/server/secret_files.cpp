// Tokens and keys are worth what their files' permissions are.
#include "secret_files.hpp"

#include <sodium.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <string_view>
#include <sys/stat.h>

namespace server
{

namespace
{

constexpr off_t max_settings_bytes = 16 << 20;    // of a TOML file of settings or tenants; it is refused
constexpr std::size_t max_keys = 4;               // of --secret-key-file and --cursor-key-file; the start is refused
constexpr std::size_t max_key_file_bytes = 4'096; // that are looked at of these

/// Of a text that had keys in it nothing stays in memory.
struct Wiped
{
    std::string& text;
    ~Wiped() { sodium_memzero(text.data(), text.size()); }
};

/// Nothing: it is none.
std::optional<std::array<unsigned char, 32>> key_of(std::string_view digits)
{
    std::array<unsigned char, 32> key{};
    if (digits.size() != 2 * key.size())
        return std::nullopt;
    for (unsigned char& byte : key)
    {
        auto const read = std::from_chars(digits.data(), digits.data() + 2, byte, 16);
        if (read.ec != std::errc{} || read.ptr != digits.data() + 2)
            return std::nullopt;
        digits.remove_prefix(2);
    }
    return key;
}

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
                              named + ": every account of this machine may write it; take that away (chmod o-w)."};
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
        return option + " " + file + ": it is no regular file.";
    if (S_ISREG(status.st_mode) && status.st_size > max_settings_bytes)
        return option + " " + file + ": it has more than 16 MiB.";
    return {};
}

scimkit::result<std::vector<std::array<unsigned char, 32>>> read_keys(std::string const& file)
{
    auto const wrong = [&](char const* why) -> scimkit::Error {
        return {scimkit::ErrorCode::invalid_value, file + " " + why};
    };
    std::ifstream in{file};
    std::string text(max_key_file_bytes, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(std::max<std::streamsize>(in.gcount(), 0)));
    Wiped const guard{text};
    std::vector<std::array<unsigned char, 32>> keys;
    constexpr std::string_view blanks = " \t\r\n";
    std::string_view rest = text;
    for (auto begin = rest.find_first_not_of(blanks); begin != std::string_view::npos;
         begin = rest.find_first_not_of(blanks))
    {
        rest.remove_prefix(begin);
        auto const digits = rest.substr(0, rest.find_first_of(blanks));
        rest.remove_prefix(digits.size());
        auto const key = key_of(digits);
        if (!key)
            return wrong("has a line that is not 64 hexadecimal digits (openssl rand -hex 32).");
        if (keys.size() == max_keys)
            return wrong("has more than four keys.");
        keys.push_back(*key);
    }
    if (keys.empty())
        return wrong("has no key in it, or cannot be read: 64 hexadecimal digits on a line (openssl rand -hex 32).");
    return keys;
}

} // namespace server

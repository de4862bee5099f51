// The file of tokens: one line for each, with its hash or itself, its subject and its tenant. Into memory that is
// wiped; an error names the line, and never what stands in it.
#include <scimkit/core/text.hpp>
#include <scimkit/security/authentication.hpp>

#include "sodium.hpp"
#include "token.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <poll.h>
#include <string>
#include <unistd.h>
#include <unordered_map>
#include <utility>

namespace scimkit
{
namespace
{

using detail::SecretBytes;
using detail::Sha256;

constexpr std::size_t max_file_bytes = std::size_t{16} << 20;
constexpr std::chrono::milliseconds patience{2'000}; // with a pipe that nobody writes to
constexpr std::string_view hash_prefix = "sha256:";
constexpr std::string_view blanks = " \t\r";

Error unreadable(std::string const& path, std::string_view why)
{
    return {.code = ErrorCode::unavailable, .detail = "The token file " + path + " " + std::string(why) + "."};
}

/// Closes it.
class File
{
public:
    explicit File(int number) noexcept
        : number_(number)
    {
    }
    ~File()
    {
        if (number_ >= 0)
            ::close(number_);
    }
    File(File const&) = delete;
    File& operator=(File const&) = delete;
    int number() const noexcept { return number_; }

private:
    int number_;
};

// Read without a buffer of a library's that would keep the tokens. A pipe is a fine place for them, but one that
// nobody writes to must not hold the program up.
result<SecretBytes> read_all(std::string const& path)
{
    File const file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    if (file.number() < 0)
        return unreadable(path, "cannot be opened");

    SecretBytes text;
    for (;;)
    {
        pollfd ready{.fd = file.number(), .events = POLLIN, .revents = 0};
        int const answers = ::poll(&ready, 1, static_cast<int>(patience.count()));
        if (answers == 0)
            return unreadable(path, "gives nothing: nobody writes to it");
        constexpr std::size_t step = std::size_t{64} << 10;
        auto const before = text.size();
        text.resize(before + step);
        auto const got = answers < 0 ? -1 : ::read(file.number(), text.data() + before, step);
        int const error = errno;
        text.resize(before + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
        if (text.size() > max_file_bytes)
            return unreadable(path, "is larger than 16 MiB");
        if (got == 0)
            return text;
        if (got < 0 && error != EINTR && error != EAGAIN)
            return unreadable(path, "cannot be read");
    }
}

/// The next word of a line, taken off its front; empty at the end.
std::string_view take_word(std::string_view& line)
{
    auto const begin = line.find_first_not_of(blanks);
    if (begin == std::string_view::npos)
        return line = {};
    line.remove_prefix(begin);
    auto const word = line.substr(0, line.find_first_of(blanks));
    line.remove_prefix(word.size());
    return word;
}

/// One line with a token; the detail of an error is the reason only.
result<TokenRecord> read_line(std::string_view line)
{
    auto const proof = take_word(line);
    Principal principal{.subject = std::string(take_word(line)), .tenant = std::string(take_word(line))};
    if (!take_word(line).empty())
        return Error{.code = ErrorCode::invalid_value, .detail = "there is more than a token, a subject and a tenant."};
    if (!is_valid_utf8(principal.subject) || !is_valid_utf8(principal.tenant))
        return Error{.code = ErrorCode::invalid_value, .detail = "the subject or the tenant is not UTF-8."};

    auto record = [&]() -> result<TokenRecord>
    {
        if (!proof.starts_with(hash_prefix))
            return make_token_record(proof, std::move(principal));
        Sha256 digest{};
        if (!detail::from_hex(proof.substr(hash_prefix.size()), digest))
            return Error{.code = ErrorCode::invalid_value,
                         .detail = "sha256: needs 64 hexadecimal digits right after it."};
        return TokenRecord{.sha256 = detail::to_hex(digest), .principal = std::move(principal)};
    }();

    if (record && record->principal.subject.empty())
        record->principal.subject = "token-" + record->sha256.substr(0, 8);
    return record;
}

} // namespace

result<std::vector<TokenRecord>> read_token_file(std::string const& path)
{
    auto const text = read_all(path);
    if (!text)
        return text.error();

    auto const at_line = [&](std::size_t number, std::string_view why)
    {
        return Error{.code = ErrorCode::invalid_value,
                     .detail = "Token file " + path + ", line " + std::to_string(number) + ": " + std::string(why)};
    };

    std::vector<TokenRecord> records;
    std::unordered_map<std::string, std::size_t> line_of_hash;
    std::string_view rest(text->data(), text->size());
    for (std::size_t number = 1; !rest.empty(); ++number)
    {
        auto const line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(rest.size(), line.size() + 1));
        if (line.starts_with('#') || line.find_first_not_of(blanks) == std::string_view::npos)
            continue;

        auto record = read_line(line);
        if (!record)
            return at_line(number, record.error().detail);
        auto const [first, is_new] = line_of_hash.emplace(record->sha256, number);
        if (!is_new)
            return at_line(number, "the token of line " + std::to_string(first->second) + " again.");
        records.push_back(std::move(*record));
    }
    if (records.empty())
        return Error{.code = ErrorCode::invalid_value, .detail = "The token file " + path + " has no token."};
    return records;
}

} // namespace scimkit

// The file of tokens: one line for each, with its hash or itself, and what it stands for. Into memory that is wiped; an
// error names the line, and never what stands in it.
#include <scimkit/core/text.hpp>
#include <scimkit/security/api_key.hpp>
#include <scimkit/security/scopes.hpp>

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
    return {ErrorCode::unavailable, "The token file " + path + " " + std::string{why} + "."};
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
    File const file{::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)};
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

Error wrong(std::string why) { return {ErrorCode::invalid_value, std::move(why)}; }

/// "scopes=users.read,groups.write".
result<std::vector<std::string>> read_scopes(std::string_view list)
{
    std::vector<std::string> scopes;
    for (;;)
    {
        auto const comma = list.find(',');
        auto const scope = list.substr(0, comma);
        if (!known_scope_form(scope) || !is_valid_utf8(scope))
            return wrong("scopes= needs names with commas between, each as \"scim\", \"scim.read\", \"users.read\" or "
                         "\"groups.write\"; verbs are read, write, create, update and delete.");
        scopes.emplace_back(scope);
        if (comma == std::string_view::npos)
            return scopes;
        list.remove_prefix(comma + 1);
    }
}

/// "expires=2027-01-31", the beginning of that day in UTC, or with a time.
result<Instant> read_expiry(std::string_view text)
{
    auto const is_day = text.size() == std::string_view{"2027-01-31"}.size();
    auto const at = parse_date_time(is_day ? std::string{text} + "T00:00:00Z" : std::string{text});
    if (!at)
        return wrong("expires= needs a time such as 2027-01-31T12:00:00Z, or a day such as 2027-01-31.");
    return *at;
}

/// What stands behind a token. The detail of an error is the reason only.
result<void> read_words(std::string_view line, KeyRecord& record)
{
    constexpr std::string_view scopes = "scopes=";
    constexpr std::string_view expires = "expires=";
    auto word = take_word(line);
    for (std::string* name : {&record.principal.subject, &record.principal.tenant})
        if (!word.starts_with(scopes) && !word.starts_with(expires))
        {
            *name = word;
            word = take_word(line);
        }
    if (word.starts_with(scopes))
    {
        auto read = read_scopes(word.substr(scopes.size()));
        if (!read)
            return read.error();
        record.principal.scopes = std::move(*read);
        word = take_word(line);
    }
    if (word.starts_with(expires))
    {
        auto const read = read_expiry(word.substr(expires.size()));
        if (!read)
            return read.error();
        record.expires = *read;
        word = take_word(line);
    }
    if (!word.empty())
        return wrong("there is more than a token, a subject and a tenant, scopes= and expires= in this order.");
    if (!is_valid_utf8(record.principal.subject) || !is_valid_utf8(record.principal.tenant))
        return wrong("the subject or the tenant is not UTF-8.");
    return {};
}

/// One line with a token; the detail of an error is the reason only.
result<KeyRecord> read_line(std::string_view line)
{
    auto const proof = take_word(line);
    KeyRecord read;
    if (auto words = read_words(line, read); !words)
        return std::move(words).error();
    if (proof.starts_with(hash_prefix))
    {
        Sha256 digest{};
        if (!detail::from_hex(proof.substr(hash_prefix.size()), digest))
            return wrong("sha256: needs 64 hexadecimal digits right after it.");
        read.sha256 = detail::to_hex(digest);
    }
    else if (auto made = make_key_record(proof, {}))
        read.sha256 = std::move(made->sha256);
    else
        return std::move(made).error();
    if (read.principal.subject.empty())
        read.principal.subject = "token-" + read.sha256.substr(0, 8);
    return read;
}

} // namespace

result<std::vector<KeyRecord>> read_key_file(std::string const& path)
{
    auto const text = read_all(path);
    if (!text)
        return text.error();

    auto const at_line = [&](std::size_t number, std::string_view why)
    { return wrong("Token file " + path + ", line " + std::to_string(number) + ": " + std::string{why}); };

    std::vector<KeyRecord> records;
    std::unordered_map<std::string, std::size_t> line_of_hash;
    std::string_view rest{text->data(), text->size()};
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
        return wrong("The token file " + path + " has no token.");
    return records;
}

result<std::vector<TokenRecord>> read_token_file(std::string const& path)
{
    auto keys = read_key_file(path);
    if (!keys)
        return keys.error();
    std::vector<TokenRecord> records;
    for (KeyRecord& key : *keys)
    {
        if (key.expires) // it would be let in for ever
            return wrong("The token file " + path + " has a token that expires, which read_key_file() alone knows.");
        records.push_back({.sha256 = std::move(key.sha256), .principal = std::move(key.principal)});
    }
    return records;
}

} // namespace scimkit

// A line is on the disk before its assertion is let in: after a crash it is refused, or it never was let in. The file
// is written anew when half of it has expired, and only then. Assertions come one after the other, each with a write
// that the disk has confirmed; the one that comes when the file is written anew waits for that, for as many lines of 76
// bytes as have not expired. Others wait for both no longer than a moment, since each of them holds a thread.
#include <scimkit/core/json.hpp>
#include <scimkit/oauth/token_endpoint.hpp>

#include "../core/timed_lock.hpp"

#include <sodium.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <sys/file.h>
#include <unistd.h>
#include <utility>

namespace scimkit
{
namespace oauth
{
namespace
{

constexpr std::size_t max_remembered = 1'000'000; // assertions that have not expired; further ones are refused
constexpr std::size_t least_lines = 1'000;        // before the file is written anew
constexpr std::size_t digest_digits = 64;
constexpr std::chrono::seconds longest_turn_at_file{2}; // of an assertion that waits for others to be written; then 503

/// Of both, so that a line has no more than it needs, and nothing of what a client chooses.
std::string digest_of(std::string_view client, std::string_view jti)
{
    std::string text;
    write_json(text, json::array{client, jti});
    std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
    crypto_hash_sha256(hash.data(), reinterpret_cast<unsigned char const*>(text.data()), text.size());
    std::array<char, 2 * crypto_hash_sha256_BYTES + 1> digits{};
    sodium_bin2hex(digits.data(), digits.size(), hash.data(), hash.size());
    return std::string{digits.data(), digest_digits};
}

std::int64_t seconds_of(Instant time)
{
    return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

class ReplayFile final : public ReplayGuard
{
public:
    explicit ReplayFile(std::string path)
        : path_(std::move(path))
    {
    }
    ReplayFile(ReplayFile const&) = delete;
    ReplayFile& operator=(ReplayFile const&) = delete;
    ~ReplayFile() override
    {
        if (descriptor_ >= 0)
            ::close(descriptor_);
        if (lock_ >= 0)
            ::close(lock_);
    }

    result<void> open()
    {
        auto const lock = path_ + ".lock";
        lock_ = ::open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (lock_ < 0)
            return failed();
        if (::flock(lock_, LOCK_EX | LOCK_NB) != 0)
            return Error{ErrorCode::unavailable, path_ + " is in use by another process."};
        descriptor_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (descriptor_ < 0)
            return failed();
        auto loaded = load();
        return loaded ? sync_directory() : loaded;
    }

    result<bool> take(std::string_view client, std::string_view jti, Instant expires, Instant now) override
    {
        auto const digest = digest_of(client, jti);
        std::unique_lock lock{mutex_, std::defer_lock};
        if (!detail::lock_until(lock, std::chrono::steady_clock::now() + longest_turn_at_file))
            return Error{.code = ErrorCode::unavailable,
                         .detail = path_ + " is being written for too long.",
                         .retry_after = std::chrono::seconds{1}};
        if (auto const known = used_.find(digest); known != used_.end() && known->second >= seconds_of(now))
            return false;
        if (auto kept = forget_expired(seconds_of(now)); !kept)
            return kept.error();
        if (used_.size() >= max_remembered)
            return Error{ErrorCode::unavailable, path_ + " has as many assertions as it may."};
        auto const until = seconds_of(expires);
        if (auto written = append(descriptor_, line_of(digest, until)); !written)
            return written.error();
        ++lines_;
        used_.insert_or_assign(digest, until);
        return true;
    }

private:
    Error failed() const { return {ErrorCode::unavailable, path_ + ": " + std::strerror(errno) + "."}; }

    static std::string line_of(std::string const& digest, std::int64_t until)
    {
        return digest + " " + std::to_string(until) + "\n";
    }

    result<void> load()
    {
        std::ifstream in{path_, std::ios::binary};
        std::size_t bytes = 0;
        for (std::string line; std::getline(in, line); bytes += line.size() + 1, ++lines_)
        {
            if (in.eof()) // the end of a write that a crash cut off: that assertion was not let in
                break;
            std::int64_t until = 0;
            auto const* const end = line.data() + line.size();
            if (line.size() <= digest_digits + 1 || line[digest_digits] != ' ')
                return damaged();
            auto const read = std::from_chars(line.data() + digest_digits + 1, end, until);
            if (read.ec != std::errc{} || read.ptr != end)
                return damaged();
            used_.insert_or_assign(line.substr(0, digest_digits), until);
        }
        if (::ftruncate(descriptor_, static_cast<off_t>(bytes)) != 0 || ::fsync(descriptor_) != 0)
            return failed();
        return {};
    }

    Error damaged() const
    {
        return {ErrorCode::corrupt,
                path_ + " line " + std::to_string(lines_ + 1) +
                    " is damaged; without the file, assertions that were used may be used again until they expire."};
    }

    result<void> append(int descriptor, std::string_view text)
    {
        auto const before = ::lseek(descriptor, 0, SEEK_END);
        while (!text.empty())
        {
            auto const written = ::write(descriptor, text.data(), text.size());
            if (written < 0 && errno == EINTR)
                continue;
            if (written <= 0)
            {
                auto error = failed();
                if (::ftruncate(descriptor, before) != 0) // half a line would make the next one unreadable
                    error.detail += " It may be damaged.";
                return error;
            }
            text.remove_prefix(static_cast<std::size_t>(written));
        }
        return ::fdatasync(descriptor) == 0 ? result<void>{} : result<void>{failed()};
    }

    /// Error: it could not be written anew.
    result<void> forget_expired(std::int64_t now)
    {
        if (lines_ < least_lines || lines_ < next_look_)
            return {};
        std::erase_if(used_, [&](auto const& each) { return each.second < now; });
        next_look_ = lines_ + lines_ / 2;
        if (used_.size() > lines_ / 2)
            return {};
        std::string text;
        for (auto const& [digest, until] : used_)
            text += line_of(digest, until);
        auto const fresh = path_ + ".new";
        ::unlink(fresh.c_str());
        int const made = ::open(fresh.c_str(), O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (made < 0)
            return failed();
        auto written = append(made, text);
        if (written && ::rename(fresh.c_str(), path_.c_str()) != 0)
            written = failed();
        if (!written)
        {
            ::close(made);
            return written;
        }
        ::close(std::exchange(descriptor_, made));
        lines_ = used_.size();
        next_look_ = 0;
        return sync_directory();
    }

    result<void> sync_directory() const
    {
        auto const parent = std::filesystem::path{path_}.parent_path();
        int const directory = ::open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        auto const synced = directory >= 0 && ::fsync(directory) == 0;
        auto const error = synced ? result<void>{} : result<void>{failed()};
        if (directory >= 0)
            ::close(directory);
        return error;
    }

    std::string const path_;
    int lock_ = -1; ///< of a file beside it, which is never exchanged
    int descriptor_ = -1;
    std::timed_mutex mutex_; ///< for all below
    std::map<std::string, std::int64_t, std::less<>> used_;
    std::size_t lines_ = 0;
    std::size_t next_look_ = 0;
};

} // namespace
} // namespace oauth

result<std::shared_ptr<ReplayGuard>> replay_file(std::string path)
{
    auto file = std::make_shared<oauth::ReplayFile>(std::move(path));
    if (auto opened = file->open(); !opened)
        return opened.error();
    return std::shared_ptr<ReplayGuard>{std::move(file)};
}

} // namespace scimkit

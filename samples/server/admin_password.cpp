// The file is read at each log in, so that a password that was reset on the machine counts at once.
#include "admin_password.hpp"

#include <scimkit/security/authentication.hpp>

#include "invalid.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace server
{

using scimkit::Error;
using scimkit::ErrorCode;
using scimkit::result;

namespace
{

constexpr std::string_view one_time = "one-time ";
constexpr std::string_view chosen = "chosen ";
constexpr std::size_t min_password_bytes = 12; // shorter ones are refused

Error cannot_write(std::string const& file)
{
    return {ErrorCode::unavailable, file + " cannot be written: " + std::strerror(errno) + "."};
}

bool write_whole(int descriptor, std::string_view text)
{
    while (!text.empty())
    {
        auto const written = ::write(descriptor, text.data(), text.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

/// Whoever resets it as root does not take it away from the server's account.
void keep_owner(int descriptor, std::string const& file)
{
    struct stat before = {};
    auto const slash = file.rfind('/');
    auto const folder = slash == std::string::npos ? std::string{"."} : file.substr(0, slash + 1);
    if (::geteuid() != 0 || (::stat(file.c_str(), &before) != 0 && ::stat(folder.c_str(), &before) != 0))
        return;
    if (::fchown(descriptor, before.st_uid, before.st_gid) != 0)
        return; // it is root's then; who starts the server is told that it cannot be read
}

/// The old file or the new one, never half of it, and for its owner alone.
result<void> replace_file(std::string const& file, std::string const& content)
{
    auto const made = file + ".new";
    ::unlink(made.c_str());
    int const descriptor = ::open(made.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor < 0)
        return cannot_write(made);
    keep_owner(descriptor, file);
    bool const written = write_whole(descriptor, content) && ::fsync(descriptor) == 0;
    auto const failed = written ? result<void>{} : result<void>{cannot_write(made)};
    ::close(descriptor);
    if (failed && std::rename(made.c_str(), file.c_str()) == 0)
        return {};
    auto const error = failed ? cannot_write(file) : failed.error();
    ::unlink(made.c_str());
    return error;
}

/// Without what says how it came to be.
std::string_view hash_in(std::string_view record) noexcept
{
    for (auto const& kind : {one_time, chosen})
        if (record.starts_with(kind))
            return record.substr(kind.size());
    return {};
}

} // namespace

AdminPassword::AdminPassword(std::string file)
    : file_(std::move(file))
    , hasher_(scimkit::argon2_hasher())
{
    if (auto const hash = hasher_->hash(scimkit::new_token()))
        nobodys_hash_ = *hash;
}

std::string AdminPassword::record() const
{
    std::string line;
    if (!file_.empty())
        std::getline(std::ifstream{file_}, line);
    return hash_in(line).empty() ? std::string{} : line;
}

AdminPassword::Look AdminPassword::look(std::string_view password) const
{
    Look look{.record = record()};
    auto const known = hash_in(look.record);
    bool const is_right = hasher_->verify(known.empty() ? std::string_view{nobodys_hash_} : known, password);
    if (is_right && !known.empty())
        look.verdict = look.record.starts_with(one_time) ? Verdict::one_time : Verdict::right;
    return look;
}

result<void> AdminPassword::choose(std::string_view password) const
{
    if (password.size() < min_password_bytes)
        return invalid("A password needs at least " + std::to_string(min_password_bytes) + " characters.");
    if (look(password).verdict != Verdict::wrong)
        return invalid("Choose another password than the one before.");
    auto const hash = hasher_->hash(password);
    if (!hash)
        return hash.error();
    return replace_file(file_, std::string{chosen} + *hash + "\n");
}

result<std::string> AdminPassword::reset(std::string const& file)
{
    auto password = scimkit::new_token().substr(0, 24); // 144 bits
    auto const hash = scimkit::argon2_hasher()->hash(password);
    if (!hash)
        return hash.error();
    if (auto written = replace_file(file, std::string{one_time} + *hash + "\n"); !written)
        return written.error();
    return password;
}

} // namespace server

// Files are read with a limit and written atomically: what stands in them decides what is asked of a server next time.
#include <scimkit/connector/files.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <unistd.h>

namespace scimkit::connector
{

namespace fs = std::filesystem;

namespace
{

constexpr std::size_t max_file_bytes = std::size_t{256} << 20; // of a file of the connector's own; refused

} // namespace

Failure trouble(std::string detail)
{
    return {client::FailureKind::misuse, {ErrorCode::invalid_value, std::move(detail)}, 0, false};
}

outcome<std::optional<std::string>> read_file(fs::path const& file, std::size_t max_bytes)
{
    std::error_code error;
    bool const is_there = fs::exists(file, error);
    if (error) // what cannot be looked at is not missing
        return trouble(file.string() + " cannot be read: " + error.message() + ".");
    if (!is_there)
        return std::optional<std::string>{};
    if (fs::is_regular_file(file, error) && fs::file_size(file, error) > max_bytes)
        return trouble(file.string() + " is longer than " + std::to_string(max_bytes) + " bytes.");
    std::ifstream stream{file, std::ios::binary};
    std::string content(max_bytes + 1, '\0');
    stream.read(content.data(), static_cast<std::streamsize>(std::min(content.size(), max_bytes + 1)));
    if (!stream.is_open() || stream.bad())
        return trouble(file.string() + " cannot be read.");
    content.resize(static_cast<std::size_t>(stream.gcount()));
    if (content.size() > max_bytes)
        return trouble(file.string() + " is longer than " + std::to_string(max_bytes) + " bytes.");
    return std::optional{std::move(content)};
}

outcome<json::object> read_json(fs::path const& file)
{
    std::error_code error;
    auto const size = fs::exists(file, error) ? fs::file_size(file, error) : 0;
    auto const content = read_file(file, std::min<std::size_t>(size, max_file_bytes));
    if (!content)
        return content.error();
    if (!*content)
        return json::object{};
    auto parsed = parse_json(**content, {max_file_bytes, 32, 50'000'000});
    if (!parsed || !parsed->is_object())
        return trouble(file.string() + " is damaged: " + (parsed ? "it is no JSON object." : parsed.error().detail) +
                       " Remove it, and import anew.");
    return std::move(parsed->get_object());
}

outcome<void> write_file(fs::path const& file, std::string const& content)
{
    auto const beside = file.string() + ".new";
    int const descriptor = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    auto const failed = [&](char const* what)
    {
        auto const reason = std::string{std::strerror(errno)};
        if (descriptor >= 0)
            ::close(descriptor);
        return trouble(file.string() + " cannot be " + what + ": " + reason + ".");
    };
    if (descriptor < 0)
        return failed("written");
    for (std::size_t done = 0; done < content.size();)
    {
        auto const written = ::write(descriptor, content.data() + done, content.size() - done);
        if (written < 0 && errno != EINTR)
            return failed("written");
        done += written > 0 ? static_cast<std::size_t>(written) : 0;
    }
    if (::fsync(descriptor) != 0)
        return failed("written");
    ::close(descriptor);
    if (::rename(beside.c_str(), file.c_str()) != 0)
        return trouble(file.string() + " cannot be put in place: " + std::strerror(errno) + ".");
    return {};
}

} // namespace scimkit::connector

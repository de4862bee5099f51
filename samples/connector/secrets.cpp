// What is read here goes to nobody but the server; failures name the place, never the secret.
#include "secrets.hpp"

#include <cstdio>
#include <cstdlib>
#include <sys/stat.h>
#include <sys/wait.h>

namespace connector
{

namespace
{

constexpr std::size_t max_secret_bytes = 64u * 1024; // of a token, password or assertion; refused

Failure missing(std::string detail)
{
    return {scimkit::client::FailureKind::credentials, {scimkit::ErrorCode::unauthorized, std::move(detail)}, 0, false};
}

std::string without_line_end(std::string text)
{
    while (text.ends_with('\n') || text.ends_with('\r'))
        text.pop_back();
    return text;
}

outcome<std::string> from_file(std::string const& file, std::string const& what)
{
    struct stat status = {};
    if (::stat(file.c_str(), &status) != 0)
        return missing("The file of the " + what + " is not there: " + file + ".");
    if ((status.st_mode & (S_IROTH | S_IWOTH)) != 0)
        return missing("Every account of this machine may read or write " + file + ", the file of the " + what +
                       "; chmod 600.");
    auto content = read_file(file, max_secret_bytes);
    if (!content || !*content)
        return missing("The file of the " + what + " cannot be read: " + file + ".");
    return without_line_end(std::move(**content));
}

outcome<std::string> from_command(std::string const& command, std::string const& what)
{
    FILE* const pipe = ::popen(command.c_str(), "re");
    if (!pipe)
        return missing("The command of the " + what + " cannot be started.");
    std::string output(max_secret_bytes, '\0');
    output.resize(std::fread(output.data(), 1, output.size(), pipe));
    bool const whole = std::feof(pipe) != 0 || output.size() < max_secret_bytes;
    int const status = ::pclose(pipe);
    if (status == -1 || !WIFEXITED(status) || WEXITSTATUS(status) != 0 || !whole)
        return missing("The command of the " + what + " failed.");
    return without_line_end(std::move(output));
}

} // namespace

scimkit::client::Secret secret_from(SecretPlace const& place, std::string const& what)
{
    return [place, what]() -> outcome<std::string>
    {
        switch (place.kind)
        {
        case SecretPlace::Kind::environment:
            if (auto const* const value = std::getenv(place.where.c_str()); value && *value)
                return std::string{value};
            return missing("The environment variable of the " + what + " is not set: " + place.where + ".");
        case SecretPlace::Kind::file:
            return from_file(place.where, what);
        case SecretPlace::Kind::command:
            return from_command(place.where, what);
        case SecretPlace::Kind::none:
            break;
        }
        return missing("No " + what + " is configured.");
    };
}

} // namespace connector

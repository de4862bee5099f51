// Tokens and keys are worth what their files' permissions are.
#include "secret_files.hpp"

#include <sys/stat.h>

namespace server
{

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

} // namespace server

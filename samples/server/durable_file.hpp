// Files that have to be there after the machine has stopped: on the disk before they get their name, and the name as
// well.
#pragma once

#include <scimkit/core/error.hpp>

#include <string>
#include <string_view>

namespace server
{

/// Closes what it opened.
class Descriptor
{
public:
    explicit Descriptor(int number) noexcept
        : number_(number)
    {
    }
    Descriptor(Descriptor const&) = delete;
    Descriptor& operator=(Descriptor const&) = delete;
    ~Descriptor();

    int get() const noexcept { return number_; }

private:
    int number_;
};

/// What the system says of its last call, about `file`.
scimkit::Error failed_call(std::string const& file);

/// A file that is readable by its owner alone; what was there is gone. Never through a link.
Descriptor open_anew(std::string const& file);

/// Errors of both name `name`.
scimkit::result<void> write_all(int file, std::string_view text, std::string const& name);
/// `partial`, which is open as `file`, gets its name, for good.
scimkit::result<void> finish_file(int file, std::string const& partial, std::string const& name);

} // namespace server

// Spool: what a long read has brought so far, on disk. Nothing of it is taken over before all of it is there; a read
// that was cut off goes on where it was.
#pragma once

#include <scimkit/client/pages.hpp>
#include <scimkit/connector/files.hpp>

#include <cstdio>
#include <functional>
#include <memory>

namespace scimkit::connector
{

/// One resource that was read.
struct Spooled
{
    std::string type;
    std::string id;
    std::string last_modified{}; ///< as a dateTime; empty: not said
    json::object attributes{};
};

class Spool
{
public:
    /// Goes on with what is there if it was begun for the same `purpose` (what is asked of whom) within a day;
    /// otherwise, or with `anew`, begins empty.
    static outcome<std::unique_ptr<Spool>> open(std::filesystem::path const& directory, std::string const& purpose,
                                                bool anew);

    bool resumed() const noexcept { return resumed_; }
    /// The list that is being read, in the order in which they are, and where in it.
    std::size_t list() const noexcept { return list_; }
    client::PagePosition const& position() const noexcept { return position_; }

    void add(Spooled const& resource);
    /// A page is whole: what was added counts from now on.
    outcome<void> commit(client::PagePosition position);
    /// The list is whole.
    outcome<void> next_list();

    /// All resources of a type, in the order in which they came.
    outcome<void> for_each(std::string const& type, std::function<outcome<void>(Spooled)> const& visit) const;
    /// Forgets it all.
    void remove();

private:
    struct Closes
    {
        void operator()(std::FILE* file) const noexcept { std::fclose(file); }
    };

    Spool() = default;
    outcome<void> save();

    std::filesystem::path directory_;
    std::string purpose_;
    std::unique_ptr<std::FILE, Closes> file_;
    std::string pending_;
    std::uint64_t bytes_ = 0;
    std::size_t list_ = 0;
    std::int64_t begun_ = 0;
    client::PagePosition position_{};
    bool resumed_ = false;
};

} // namespace scimkit::connector

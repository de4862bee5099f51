// Session: one check of a server: what is asked of it, what it answered, and what was made there and must go again.
#pragma once

#include <scimkit/client/discovery.hpp>

#include "made.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace check
{

namespace client = scimkit::client;
namespace json = scimkit::json;

/// One request and its answer, as a report shows them: without credentials.
struct Asked
{
    std::string method;
    std::string target;
    std::string body{};
    int status = 0; ///< 0: no answer, `failure` says why
    std::string failure{};
    std::vector<scimkit::ResponseHeader> headers{};
    json::value answer{};

    std::string_view header(std::string_view name) const noexcept;
    /// The member at a path of names ("meta.location"); null pointer: there is none.
    json::value const* at(std::string_view path) const noexcept;
    /// Its text; empty if it is none.
    std::string_view text(std::string_view path) const noexcept;
    std::size_t resources() const noexcept; ///< elements of Resources
};

struct Verdict
{
    enum class Kind
    {
        holds,
        fails,
        skipped
    };

    Kind kind = Kind::holds;
    std::string why{};
};

Verdict must(bool holds, std::string why);
Verdict skipped(std::string why);
/// Whether the answer is an error of that status, and of that scimType unless it is empty.
Verdict refused(Asked const& asked, int status, std::string_view scim_type = {});

bool is_text(json::value const& value, std::string_view text) noexcept;

/// Percent-encoded, so that it stays one value or segment.
std::string encoded(std::string_view text);

/// The target of one of `endpoint`: an id is a path segment, whatever a server puts into it.
std::string target_of(std::string_view endpoint, std::string_view id);

class Session
{
public:
    Session(client::Client const& client, client::Discovery const& discovery, bool may_write)
        : client_(client)
        , discovery_(discovery)
        , made_(client)
        , may_write_(may_write)
    {
    }

    /// Asks once and remembers it for the report. The reference is good until the next call.
    Asked const& ask(std::string method, std::string target, json::value const& body = nullptr,
                     std::vector<scimkit::ResponseHeader> headers = {});
    /// The same with a body that is no JSON.
    Asked const& ask_text(std::string method, std::string target, std::string body,
                          std::vector<scimkit::ResponseHeader> headers = {});

    bool may_write() const noexcept { return may_write_; }
    client::Capabilities const& offers() const noexcept { return discovery_.capabilities; }
    client::Discovery const& discovery() const noexcept { return discovery_; }

    /// A name that nobody has.
    std::string new_name() const { return made_.new_name(); }
    /// The body of a user of that name.
    static json::object user(std::string const& name);
    /// A user of this session, made once; empty: none could be made.
    std::string const& own_user();
    std::string const& own_name() const noexcept { return own_name_; }
    /// PATCH of the session's own user.
    Asked const& patch_own(json::array operations);

    /// What was asked since the last call.
    std::vector<Asked> take_asked();
    /// As Made::clean_up().
    std::vector<std::string> clean_up() { return made_.clean_up(); }

private:
    Asked const& keep(Asked asked);

    client::Client const& client_;
    client::Discovery const& discovery_;
    Made made_;
    bool may_write_;
    std::vector<Asked> asked_;
    std::string own_name_;
    std::string own_user_;
    bool own_tried_ = false;
};

/// One requirement and how it is looked at.
struct Check
{
    std::string_view id;
    bool writes;
    Verdict (*look)(Session& session);
};

std::span<Check const> discovery_checks();
std::span<Check const> read_checks();
std::span<Check const> query_checks();
std::span<Check const> create_checks();
std::span<Check const> change_checks();
std::span<Check const> endpoint_checks();
std::span<Check const> cursor_checks();
std::span<Check const> bulk_checks();

} // namespace check

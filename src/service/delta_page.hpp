// DeltaPage: a stretch of the change log, folded into what became of each resource in it.
#pragma once

#include <scimkit/store/change_log.hpp>

#include "query.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace scimkit::service
{

class DeltaPage
{
public:
    /// All outlive this.
    DeltaPage(PreparedQuery const& query, Scope const& scope, ReadTransaction& transaction);

    /// Takes the changes behind `after`, until there are as many resources as the query wants, or enough has been read,
    /// or the log ends. Errors: trimmed, those of the store.
    result<void> read(ChangeLogView& log, LogPosition after, LogPosition end);

    /// Makes text of them: what they are now, each once. Errors: those of a query.
    result<void> write();

    std::string take_text() noexcept { return std::move(text_); }
    std::uint64_t count() const noexcept { return count_; }
    /// The changes up to here are told.
    LogPosition reached() const noexcept { return reached_; }

private:
    /// What became of one resource.
    struct Folded
    {
        std::size_t source; // of the query
        std::string id;
        bool created = false;
        bool decided = false;    // something changed that the filter looks at
        bool operations = false; // told by what changed, not whole
        std::vector<std::string> paths{};
        /// By attribute, then by value: the element that came, or nothing where it went.
        std::map<std::string, std::map<std::string, std::optional<json::object>>, std::less<>> elements{};
    };

    bool fold(LoggedChange&& change);
    result<std::vector<std::optional<Resource>>> load(std::span<Folded const> part);
    result<void> load(std::span<Folded const> part, std::size_t source, std::vector<std::optional<Resource>>& loaded);
    bool shows_groups(Folded const& folded) const;
    bool has_large(Folded const& folded) const;
    std::vector<AttributeRef> const& large_of(bool operations) const noexcept
    {
        return operations ? tested_large_ : shown_large_;
    }
    result<void> write(std::span<Folded> part);
    result<bool> is_asked_for(Folded const& folded, Resource& resource) const;
    result<void> write(Folded& folded, std::optional<Resource> resource);
    result<json::array> operations_of(Folded& folded, Resource&& resource) const;
    result<json::object> shown(PreparedQuery::Source const& source, Resource&& resource) const;

    PreparedQuery const& query_;
    Scope const& scope_;
    ReadTransaction& transaction_;
    std::vector<AttributeRef> shown_large_;
    std::vector<AttributeRef> tested_large_;
    std::vector<Folded> folded_{};
    std::map<std::pair<std::size_t, std::string>, std::size_t> places_{};
    std::size_t elements_ = 0; // that were kept
    LogPosition reached_{};
    std::string text_{};
    std::uint64_t count_ = 0;
};

} // namespace scimkit::service

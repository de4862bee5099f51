// ImportBatch: some records on their way through the service, and what became of each.
#pragma once

#include <scimkit/maintenance/import.hpp>
#include <scimkit/schema/resource_type.hpp>

#include "records.hpp"

#include <deque>

namespace scimkit::maintenance
{

/// Gives out the ids that were put into it, in their order.
class ImportEnvironment final : public Environment
{
public:
    explicit ImportEnvironment(std::shared_ptr<Environment> behind)
        : behind_(std::move(behind))
    {
    }

    Instant now() override { return behind_->now(); }
    std::string new_id() override
    {
        if (ids_.empty())
            return behind_->new_id();
        std::string id = std::move(ids_.front());
        ids_.pop_front();
        return id;
    }

    void give(std::string id) { ids_.push_back(std::move(id)); }
    void forget() { ids_.clear(); }

private:
    std::shared_ptr<Environment> behind_;
    std::deque<std::string> ids_{}; // the import's thread alone
};

/// One record that is to be created.
struct ImportItem
{
    std::uint64_t line = 0;
    ResourceType const* type = nullptr;
    std::string id{};
    std::string body{};
    /// What of a large attribute is too long for one request, in parts, as PATCH bodies.
    std::vector<std::string> rest{};
};

struct ImportOutcome
{
    enum class Kind
    {
        created,
        there, ///< before this
        refused,
        again ///< the store could not: try again
    };
    Kind kind = Kind::refused;
    ImportRefusal refusal{};
};

class ImportBatch
{
public:
    /// All outlive this.
    ImportBatch(Service const& service, ImportEnvironment& environment, bool whole_bulk, bool dry_run)
        : service_(service)
        , environment_(environment)
        , whole_bulk_(whole_bulk)
        , dry_run_(dry_run)
    {
    }

    /// `looks_first`: some may be there already, from an attempt whose end is not known.
    std::vector<ImportOutcome> send(std::string_view tenant, std::vector<ImportItem> const& items, bool looks_first);

    /// Error: unavailable, where nobody can say it.
    result<bool> is_there(std::string_view tenant, ResourceType const& type, std::string_view id);

private:
    Response ask(std::string_view tenant, std::string_view method, std::string const& target, std::string_view body);
    ImportOutcome post(std::string_view tenant, ImportItem const& item);
    void post_together(std::string_view tenant, std::vector<ImportItem> const& items,
                       std::vector<std::size_t> const& which, std::vector<ImportOutcome>& outcomes);
    void add_rest(std::string_view tenant, ImportItem const& item, ImportOutcome& outcome);

    Service const& service_;
    ImportEnvironment& environment_;
    bool whole_bulk_;
    bool dry_run_;
};

} // namespace scimkit::maintenance

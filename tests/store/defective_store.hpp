// DefectiveStore: a good store behind a wrapper that breaks one promise, to see whether the conformance kit notices.
#pragma once

#include <scimkit/store/forwarding_store.hpp>

#include <map>
#include <optional>
#include <ostream>
#include <set>
#include <string>
#include <string_view>

namespace scimkit::test
{

enum class Defect
{
    none,
    unique_values_collide,
    versions_are_ignored,
    errors_commit,
    tenants_are_one,
    ids_are_of_all_tenants, ///< get() finds by its id what another tenant has
    totals_are_of_the_page,
    removal_is_forgotten,
    every_version_is_refused,      ///< compare-and-set never succeeds
    an_index_entry_is_lost,        ///< one resource is not found by its indexed value; a walk finds it
    equal_values_are_reversed,     ///< resources that sort alike come in descending order of id
    contains_is_starts_with,       ///< `co` finds only at the beginning
    a_member_is_lost,              ///< of three members or more, at every write of the whole attribute
    versions_are_stale,            ///< replace() returns the version before it
    reads_are_stale,               ///< get() returns a version that is too old, so that no update ever succeeds
    totals_stop_early,             ///< a total that is wanted up to N is counted to N - 1
    pages_back_begin_at_the_start, ///< a page before a cursor is the first page
    cursors_skip,                  ///< a page goes on one resource too far
    a_batch_loses_its_last,        ///< get_many() leaves out the last of what it finds
    everything_exists,             ///< when only existence is asked for
    refusals_leave_something,      ///< a refused insert is stored all the same, under no unique key
    savepoints_keep,               ///< what a failed savepoint wrote stays
    inserts_are_two_steps,         ///< an insert that fails in the middle leaves the first of them
    reads_have_no_snapshot,        ///< each operation of a read sees the newest state
    removals_have_no_time,         ///< the log does not say when
    attachments_are_one,           ///< every attach gives the first attachment
    tenants_stay,                  ///< remove_tenant() does nothing
    tenants_are_forgotten,         ///< the list of tenants lacks one
    tenants_are_never_empty,       ///< every tenant has a user from the beginning
    a_second_registry_is_refused,  ///< whatever is in it
    an_empty_total_is_one,         ///< where nothing matches
    keep_is_ignored,               ///< replace() clears what it should keep
    members_come_unasked,          ///< get() loads them always
    elements_are_miscounted,       ///< add() says how many it was given
    element_pages_skip,            ///< a page of elements begins one too late
    elements_hide_in_a_batch,      ///< contains_many() finds none
    references_are_forgotten,      ///< nobody refers to anybody
    hinted_references_hide,        ///< nobody refers to anybody, once somebody has said that he will ask
    hinted_existence_is_old,       ///< it stays what it was when somebody said that he will ask
    ids_ignore_case,               ///< get() finds "ABC" for "abc"
    replaces_merge,                ///< what a replace does not have stays
    values_are_cut,                ///< after 1,000 bytes
    ids_descend,                   ///< without sort
    packed_is_less,                ///< what comes packed lacks an attribute
    long_skips_find_nothing,       ///< a page far from the beginning is empty
    far_pages_begin_early,         ///< by one resource, as if another had come since
    exceptions_commit,
    writers_are_blind,     ///< get() does not find what the transaction inserted
    reads_swallow_errors,  ///< of the body
    bodies_run_elsewhere,  ///< on a thread that called nobody
    abilities_are_missing, ///< large attributes are announced, and not there
    unique_keys_ignore_case,
    own_values_conflict,   ///< a replace collides with the resource itself
    late_reads_are_faults, ///< a read whose deadline has come ends as `internal`
    late_writes_stay,      ///< a write whose deadline has come is refused, and done

    log_loses_a_change,      ///< every fifth one
    log_swaps_changes,       ///< two that follow each other come the other way round
    log_has_no_values,       ///< only names
    log_tells_secrets,       ///< the value of what is secret
    log_loses_what_went,     ///< elements come, and never go
    log_has_no_names,        ///< what identified a removed resource
    log_tells_too_early,     ///< the extent counts what is not committed
    log_reads_elsewhere,     ///< outside of transactions a page begins one change too late
    log_is_never_trimmed,    ///< trim() does nothing
    log_trims_under_readers, ///< trim() does not ask who needs what
    log_is_silent,           ///< who is left behind reads on at the border
    log_is_never_short,      ///< trim() does not look at its budget
    log_forgets_places,      ///< acknowledge() does nothing
    log_loses_places,        ///< places do not outlive the store object
    log_sleeps               ///< wait() ends by its deadline only
};

inline std::ostream& operator<<(std::ostream& out, Defect defect) { return out << static_cast<int>(defect); }

class DefectiveElements final : public ForwardingLargeAttributes
{
public:
    DefectiveElements(LargeAttributeWriter& inner, Defect defect)
        : ForwardingLargeAttributes(inner)
        , defect_(defect)
    {
    }

    result<void> read(ResourceType const& type, std::string_view id, Attribute const& attribute, std::string_view after,
                      std::uint64_t limit, function_ref<bool(json::object&&)> sink) override;
    result<void> contains_many(ResourceType const& type, std::string_view id, Attribute const& attribute,
                               std::span<std::string_view const> values,
                               function_ref<bool(std::size_t which)> sink) override;
    result<void> references_to(std::string_view value, function_ref<bool(Reference const&)> sink) override;
    result<void> references_to_many(std::span<std::string_view const> values,
                                    function_ref<bool(std::size_t which, Reference const&)> sink) override;
    result<std::uint64_t> add(ResourceType const& type, std::string_view id, Attribute const& attribute,
                              std::span<json::object const> elements) override;

    void hide_references() noexcept { hides_references_ = true; }

private:
    Defect defect_;
    bool hides_references_ = false;
};

class DefectiveTransaction;

class DefectiveLogView final : public ForwardingChangeLogView
{
public:
    DefectiveLogView(ChangeLogView& inner, DefectiveTransaction& transaction, Defect defect)
        : ForwardingChangeLogView(inner)
        , transaction_(transaction)
        , defect_(defect)
    {
    }

    result<LogExtent> extent() override;
    result<void> read(LogPosition after, std::uint64_t limit, function_ref<bool(LoggedChange&&)> sink) override;

private:
    DefectiveTransaction& transaction_;
    Defect defect_;
};

class DefectiveLog final : public ForwardingChangeLog
{
public:
    DefectiveLog(ChangeLog& inner, Defect defect)
        : ForwardingChangeLog(inner)
        , defect_(defect)
    {
    }

    result<void> read(std::string_view tenant, CallContext const& context, LogPosition after, std::uint64_t limit,
                      function_ref<bool(LoggedChange&&)> sink) override;
    result<bool> wait(std::string_view tenant, CallContext const& context, LogPosition after,
                      std::stop_token stop) override;
    result<void> acknowledge(std::string_view tenant, CallContext const& context, std::string_view reader,
                             LogPosition position) override;
    result<LogTrimmed> trim(std::string_view tenant, CallContext const& context, LogTrim const& what) override;

private:
    Defect defect_;
};

class DefectiveTransaction final : public ForwardingWriteTransaction
{
public:
    /// `budget` is charged by operations in several steps; may be null. `everybodys`: what all tenants have inserted.
    DefectiveTransaction(WriteTransaction& inner, Defect defect, std::map<std::string, Resource>& everybodys,
                         Budget* budget = nullptr)
        : ForwardingWriteTransaction(inner)
        , inner_(inner)
        , defect_(defect)
        , everybodys_(everybodys)
        , budget_(budget)
    {
        if (auto* log = inner.change_log())
            log_.emplace(*log, *this, defect);
        if (auto* elements = inner.large_attributes(); elements && defect != Defect::abilities_are_missing)
            elements_.emplace(*elements, defect);
    }

    result<std::optional<Resource>> get(ResourceType const& type, std::string_view id, Wanted const& wanted) override;
    QueryCapability capability(Query const& query) const override;
    result<QuerySummary> query(Query const& query, function_ref<bool(Resource&&)> sink) override;

    result<Version> insert(Resource& resource, Facts const& facts) override;
    result<Version> replace(Resource const& resource, std::optional<Version> expected, Facts const& facts,
                            LargeAttributes large, std::span<std::string const> changed) override;
    result<void> remove(ResourceType const& type, std::string_view id, std::optional<Version> expected) override;
    result<void> get_many(ResourceType const& type, std::span<std::string_view const> ids, Wanted const& wanted,
                          function_ref<bool(std::size_t which, Resource&&)> sink) override;
    result<void> savepoint(function_ref<result<void>()> body) override;
    LargeAttributeWriter* large_attributes() override { return elements_ ? &*elements_ : nullptr; }
    bool gives_packed() const noexcept override { return defect_ == Defect::packed_is_less; }
    ChangeLogView* change_log() override { return log_ ? &*log_ : nullptr; }

    std::uint64_t inserts() const noexcept { return inserted_.size(); }

private:
    /// The defect changes which resources come out, or in which order; then the wrapper streams, and leaves pages and
    /// totals to the framework, so that they agree with what comes out.
    bool streams() const;
    result<QuerySummary> stream(Query const& query, function_ref<bool(Resource&&)> sink);
    result<Version> insert_worse(Resource& resource, Facts const& facts);
    result<Version> insert_in_two_steps(Resource& resource, Facts const& facts);
    Facts weaken(Facts facts) const;
    Resource weaken(Resource resource) const;
    void note_hints(Wanted const& wanted);

    WriteTransaction& inner_;
    Defect defect_;
    std::map<std::string, Resource>& everybodys_;
    Budget* budget_;
    std::set<std::string> inserted_{};
    std::map<std::string, bool> hinted_{}; // users, and whether they were there
    std::optional<DefectiveElements> elements_{};
    std::optional<DefectiveLogView> log_{};
};

class DefectiveStore final : public ForwardingStore
{
public:
    DefectiveStore(std::shared_ptr<ResourceStore> inner, Defect defect)
        : ForwardingStore(std::move(inner))
        , defect_(defect)
    {
        if (auto* log = this->inner().change_log())
            log_.emplace(*log, defect);
    }

    result<std::shared_ptr<Attachment const>> attach(std::shared_ptr<SchemaRegistry const> registry) override;
    result<void> read(Attachment const& attachment, std::string_view tenant, CallContext const& context,
                      Body<ReadTransaction> body) override;
    result<void> write(Attachment const& attachment, std::string_view tenant, CallContext const& context,
                       Body<WriteTransaction> body) override;
    result<void> tenants(CallContext const& context, function_ref<bool(std::string_view)> sink) override;
    result<void> remove_tenant(std::string_view tenant, CallContext const& context) override;
    ChangeLog* change_log() override { return log_ ? &*log_ : nullptr; }

private:
    std::string_view tenant_of(std::string_view tenant) const
    {
        return defect_ == Defect::tenants_are_one ? std::string_view{"one"} : tenant;
    }

    Defect defect_;
    bool attached_ = false;
    std::map<std::string, Resource> everybodys_{}; // by id, for ids_are_of_all_tenants
    std::optional<DefectiveLog> log_{};
    std::shared_ptr<Attachment const> first_{}; // that was made
};

} // namespace scimkit::test

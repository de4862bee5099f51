// The transactions of the store, as store/transaction.hpp declares them.
#pragma once

#include "change_log.hpp"
#include "elements.hpp"
#include "session.hpp"

namespace scimkit::postgresql
{

class PgReadTransaction final : public ReadTransaction
{
public:
    explicit PgReadTransaction(Session& session) noexcept
        : session_(&session)
        , elements_(session)
        , log_(session)
    {
    }

    result<std::optional<Resource>> get(ResourceType const& type, std::string_view id, Wanted const& wanted) override;
    result<void> get_many(ResourceType const& type, std::span<std::string_view const> ids, Wanted const& wanted,
                          function_ref<bool(std::size_t, Resource&&)> sink) override;
    QueryCapability capability(Query const& query) const override;
    result<QuerySummary> query(Query const& query, function_ref<bool(Resource&&)> sink) override;
    LargeAttributeReader* large_attributes() override { return &elements_; }
    ChangeLogView* change_log() override { return session_->logs() ? &log_ : nullptr; }
    bool gives_packed() const noexcept override { return true; }

private:
    Session* session_;
    Elements elements_;
    LogView log_;
};

class PgWriteTransaction final : public WriteTransaction
{
public:
    explicit PgWriteTransaction(Session& session) noexcept
        : session_(&session)
        , elements_(session)
        , log_(session)
    {
    }

    result<std::optional<Resource>> get(ResourceType const& type, std::string_view id, Wanted const& wanted) override;
    result<void> get_many(ResourceType const& type, std::span<std::string_view const> ids, Wanted const& wanted,
                          function_ref<bool(std::size_t, Resource&&)> sink) override;
    QueryCapability capability(Query const& query) const override;
    result<QuerySummary> query(Query const& query, function_ref<bool(Resource&&)> sink) override;
    LargeAttributeWriter* large_attributes() override { return &elements_; }
    ChangeLogView* change_log() override { return session_->logs() ? &log_ : nullptr; }
    bool gives_packed() const noexcept override { return true; }

    result<Version> insert(Resource& resource, Facts const& facts) override;
    result<Version> replace(Resource const& resource, std::optional<Version> expected, Facts const& facts,
                            LargeAttributes large, std::span<std::string const> changed) override;
    result<void> remove(ResourceType const& type, std::string_view id, std::optional<Version> expected) override;
    result<void> savepoint(function_ref<result<void>()> body) override;

private:
    Session* session_;
    Elements elements_;
    LogView log_;
};

} // namespace scimkit::postgresql

// The transactions of a KvStore, as store/store.hpp declares them.
#pragma once

#include <scimkit/store/change_log.hpp>

#include "session.hpp"

namespace scimkit::kv
{

/// Large attributes over a session.
class Elements final : public LargeAttributeWriter
{
public:
    explicit Elements(Session& session) noexcept
        : session_(&session)
    {
    }

    result<std::uint64_t> count(ResourceType const& type, std::string_view id, Attribute const& attribute) override;
    result<bool> contains(ResourceType const& type, std::string_view id, Attribute const& attribute,
                          std::string_view value) override;
    result<void> read(ResourceType const& type, std::string_view id, Attribute const& attribute, std::string_view after,
                      std::uint64_t limit, function_ref<bool(json::object&&)> sink) override;
    result<void> references_to(std::string_view value, function_ref<bool(Reference const&)> sink) override;

    result<std::uint64_t> add(ResourceType const& type, std::string_view id, Attribute const& attribute,
                              std::span<json::object const> elements) override;
    result<std::uint64_t> remove(ResourceType const& type, std::string_view id, Attribute const& attribute,
                                 std::span<std::string const> values) override;
    result<std::uint64_t> replace(ResourceType const& type, std::string_view id, Attribute const& attribute,
                                  std::span<json::object const> elements) override;

private:
    result<Catalog::Large const*> known(ResourceType const& type, Attribute const& attribute) const;
    result<Catalog::Large const*> owned(ResourceType const& type, std::string_view id, Attribute const& attribute);

    Session* session_;
};

class LogView final : public ChangeLogView
{
public:
    explicit LogView(Session& session) noexcept
        : session_(&session)
    {
    }
    result<LogExtent> extent() override;
    result<void> read(LogPosition after, std::uint64_t limit, function_ref<bool(LoggedChange&&)> sink) override;

private:
    Session* session_;
};

class KvReadTransaction final : public ReadTransaction
{
public:
    explicit KvReadTransaction(Session& session) noexcept;

    result<std::optional<Resource>> get(ResourceType const& type, std::string_view id, Wanted const& wanted) override;
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

class KvWriteTransaction final : public WriteTransaction
{
public:
    explicit KvWriteTransaction(Session& session) noexcept;

    result<std::optional<Resource>> get(ResourceType const& type, std::string_view id, Wanted const& wanted) override;
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
    std::size_t others_waiting() const noexcept override { return session_->access().others_waiting(); }

private:
    Session* session_;
    Elements elements_;
    LogView log_;
};

} // namespace scimkit::kv

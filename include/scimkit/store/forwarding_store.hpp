// ForwardingStore: a store over another one, that changes nothing. Derive from it to count, to time, to refuse, to
// cache or to break what passes through, and override only that:
//
//     struct Counting : ForwardingStore
//     {
//         using ForwardingStore::ForwardingStore;
//         result<void> read(Attachment const& a, std::string_view t, CallContext const& c,
//                           Body<ReadTransaction> body) override
//         {
//             ++reads;
//             return ForwardingStore::read(a, t, c, body);
//         }
//         std::atomic<int> reads{0};
//     };
//
// Transactions are passed on as they are. Who wants to see their operations wraps them in a class that derives from
// ForwardingReadTransaction or ForwardingWriteTransaction. change_log() and maintenance() are those of the store behind
// it: what is done through them (StoreMaintenance::load() writes) passes by what read() and write() are overridden
// with.
//
// Threading, lifetimes, errors and complexity: those of the store behind it. When the contract grows, so do these; what
// derives from them forwards what it does not know. One thing they do not forward: attributes come packed
// (ReadTransaction::gives_packed()) only through a transaction that says by itself that it does not look at them.
#pragma once

#include <scimkit/store/change_log.hpp>
#include <scimkit/store/store.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>

namespace scimkit
{

class SCIMKIT_API ForwardingStore : public ResourceStore
{
public:
    template <class Transaction>
    using Body = function_ref<result<void>(Transaction&)>;

    /// `inner` is not null.
    explicit ForwardingStore(std::shared_ptr<ResourceStore> inner) noexcept;

    ResourceStore& inner() const noexcept { return *inner_; }

    StoreTraits traits() const override;
    /// The attachment is the inner store's own.
    result<std::shared_ptr<Attachment const>> attach(std::shared_ptr<SchemaRegistry const> registry) override;
    result<void> read(Attachment const& attachment, std::string_view tenant, CallContext const& context,
                      Body<ReadTransaction> body) override;
    result<void> write(Attachment const& attachment, std::string_view tenant, CallContext const& context,
                       Body<WriteTransaction> body) override;
    result<void> health() const override;
    result<void> tenants(CallContext const& context, function_ref<bool(std::string_view)> sink) override;
    result<void> remove_tenant(std::string_view tenant, CallContext const& context) override;
    ChangeLog* change_log() override { return inner_->change_log(); }
    StoreMaintenance* maintenance() override { return inner_->maintenance(); }

private:
    std::shared_ptr<ResourceStore> inner_;
};

/// Lifetimes: within the body that was given the inner transaction.
class SCIMKIT_API ForwardingReadTransaction : public ReadTransaction
{
public:
    explicit ForwardingReadTransaction(ReadTransaction& inner) noexcept
        : inner_(inner)
    {
    }

    ReadTransaction& inner() const noexcept { return inner_; }

    result<std::optional<Resource>> get(ResourceType const& type, std::string_view id, Wanted const& wanted) override;
    result<void> get_many(ResourceType const& type, std::span<std::string_view const> ids, Wanted const& wanted,
                          function_ref<bool(std::size_t which, Resource&&)> sink) override;
    QueryCapability capability(Query const& query) const override;
    result<QuerySummary> query(Query const& query, function_ref<bool(Resource&&)> sink) override;
    LargeAttributeReader* large_attributes() override { return inner_.large_attributes(); }
    ChangeLogView* change_log() override { return inner_.change_log(); }

private:
    ReadTransaction& inner_;
};

/// Lifetimes: within the body that was given the inner transaction.
class SCIMKIT_API ForwardingWriteTransaction : public WriteTransaction
{
public:
    explicit ForwardingWriteTransaction(WriteTransaction& inner) noexcept
        : inner_(inner)
    {
    }

    WriteTransaction& inner() const noexcept { return inner_; }

    result<std::optional<Resource>> get(ResourceType const& type, std::string_view id, Wanted const& wanted) override;
    result<void> get_many(ResourceType const& type, std::span<std::string_view const> ids, Wanted const& wanted,
                          function_ref<bool(std::size_t which, Resource&&)> sink) override;
    QueryCapability capability(Query const& query) const override;
    result<QuerySummary> query(Query const& query, function_ref<bool(Resource&&)> sink) override;
    LargeAttributeWriter* large_attributes() override { return inner_.large_attributes(); }
    ChangeLogView* change_log() override { return inner_.change_log(); }
    result<Version> insert(Resource& resource, Facts const& facts) override;
    result<Version> replace(Resource const& resource, std::optional<Version> expected, Facts const& facts,
                            LargeAttributes large, std::span<std::string const> changed) override;
    result<void> remove(ResourceType const& type, std::string_view id, std::optional<Version> expected) override;
    result<void> savepoint(function_ref<result<void>()> body) override;
    std::size_t others_waiting() const noexcept override { return inner_.others_waiting(); }

private:
    WriteTransaction& inner_;
};

/// Lifetimes: as the transaction whose reader or writer it forwards to.
class SCIMKIT_API ForwardingLargeAttributes : public LargeAttributeWriter
{
public:
    explicit ForwardingLargeAttributes(LargeAttributeWriter& inner) noexcept
        : inner_(inner)
    {
    }

    result<std::uint64_t> count(ResourceType const& type, std::string_view id, Attribute const& attribute) override;
    result<bool> contains(ResourceType const& type, std::string_view id, Attribute const& attribute,
                          std::string_view value) override;
    result<void> read(ResourceType const& type, std::string_view id, Attribute const& attribute, std::string_view after,
                      std::uint64_t limit, function_ref<bool(json::object&&)> sink) override;
    result<void> references_to(std::string_view value, function_ref<bool(Reference const&)> sink) override;
    result<void> contains_many(ResourceType const& type, std::string_view id, Attribute const& attribute,
                               std::span<std::string_view const> values,
                               function_ref<bool(std::size_t which)> sink) override;
    result<void> references_to_many(std::span<std::string_view const> values,
                                    function_ref<bool(std::size_t which, Reference const&)> sink) override;
    result<std::uint64_t> add(ResourceType const& type, std::string_view id, Attribute const& attribute,
                              std::span<json::object const> elements) override;
    result<std::uint64_t> remove(ResourceType const& type, std::string_view id, Attribute const& attribute,
                                 std::span<std::string const> values) override;
    result<std::uint64_t> replace(ResourceType const& type, std::string_view id, Attribute const& attribute,
                                  std::span<json::object const> elements) override;

private:
    LargeAttributeWriter& inner_;
};

/// Lifetimes: within the body that was given the inner one.
class SCIMKIT_API ForwardingChangeLogView : public ChangeLogView
{
public:
    explicit ForwardingChangeLogView(ChangeLogView& inner) noexcept
        : inner_(inner)
    {
    }

    result<LogExtent> extent() override { return inner_.extent(); }
    result<void> read(LogPosition after, std::uint64_t limit, function_ref<bool(LoggedChange&&)> sink) override
    {
        return inner_.read(after, limit, sink);
    }

private:
    ChangeLogView& inner_;
};

/// Lifetimes: the inner log outlives it.
class SCIMKIT_API ForwardingChangeLog : public ChangeLog
{
public:
    explicit ForwardingChangeLog(ChangeLog& inner) noexcept
        : inner_(inner)
    {
    }

    result<LogExtent> extent(std::string_view tenant, CallContext const& context) override;
    result<void> read(std::string_view tenant, CallContext const& context, LogPosition after, std::uint64_t limit,
                      function_ref<bool(LoggedChange&&)> sink) override;
    result<bool> wait(std::string_view tenant, CallContext const& context, LogPosition after,
                      std::stop_token stop) override;
    result<void> acknowledge(std::string_view tenant, CallContext const& context, std::string_view reader,
                             LogPosition position) override;
    result<std::optional<LogPosition>> place(std::string_view tenant, CallContext const& context,
                                             std::string_view reader) override;
    result<void> places(std::string_view tenant, CallContext const& context,
                        function_ref<bool(LogPlace&&)> sink) override;
    result<bool> forget(std::string_view tenant, CallContext const& context, std::string_view reader) override;
    result<LogTrimmed> trim(std::string_view tenant, CallContext const& context, LogTrim const& what) override;

private:
    ChangeLog& inner_;
};

} // namespace scimkit

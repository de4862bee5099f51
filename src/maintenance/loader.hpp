// Loader: puts resources with a past into a store, many in each commit.
#pragma once

#include <scimkit/maintenance/transfer.hpp>

#include <optional>
#include <utility>

namespace scimkit::maintenance
{

class Loader
{
public:
    /// All outlive this. Errors: not_implemented (it cannot keep versions), those of attach().
    static result<Loader> make(ResourceStore& to, std::shared_ptr<SchemaRegistry const> registry,
                               TransferOptions const& options);

    /// Begins a resource; large attributes that it carries are taken out of it.
    result<void> begin(std::string_view tenant, Resource&& resource);
    /// An element of a large attribute of the resource that was begun last.
    result<void> add(Attribute const& attribute, json::object&& element);
    /// What is still waiting.
    result<void> flush();

    TransferReport& report() noexcept { return report_; }

private:
    struct Elements
    {
        Attribute const* attribute;
        std::vector<json::object> elements;
    };
    struct Pending
    {
        Resource resource;
        bool goes_on = false; ///< it is there, and only elements come
        std::vector<Elements> elements{};
    };

    Loader(ResourceStore& to, std::shared_ptr<Attachment const> attachment, UniqueKeyRules rules,
           TransferOptions const& options)
        : to_(&to)
        , attachment_(std::move(attachment))
        , rules_(std::move(rules))
        , options_(&options)
    {
    }

    result<void> write(function_ref<result<void>(WriteTransaction&)> body);
    result<void> store_all(WriteTransaction& transaction, TransferReport& stored) const;
    result<bool> is_there(WriteTransaction& transaction, Resource const& resource) const;
    result<void> insert(WriteTransaction& transaction, Pending const& pending) const;

    ResourceStore* to_;
    std::shared_ptr<Attachment const> attachment_;
    UniqueKeyRules rules_;
    TransferOptions const* options_;
    std::string tenant_{};
    std::vector<Pending> pending_{};
    std::size_t elements_ = 0; // that are pending
    TransferReport report_{};
};

} // namespace scimkit::maintenance

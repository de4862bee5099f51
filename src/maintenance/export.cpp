// To lines and back. Elements are written as they are read, so that no group is in memory as a whole on its way out.
#include <scimkit/core/json.hpp>
#include <scimkit/maintenance/transfer.hpp>

#include "lines.hpp"
#include "loader.hpp"
#include "visit.hpp"

#include <istream>

namespace scimkit
{
namespace
{

constexpr std::size_t piece_bytes = 256 * 1024;

class Export
{
public:
    Export(function_ref<result<void>(std::string_view)> write, TransferOptions const& options)
        : write_(write)
        , options_(options)
    {
    }

    result<void> see(std::string_view tenant, ReadTransaction& transaction, Resource const& resource)
    {
        maintenance::begin_line(text_, tenant, resource);
        for (AttributeRef const& large : resource.type->large_attributes())
            if (auto written = elements(transaction, resource, *large.attribute); !written)
                return written;
        maintenance::end_line(text_);
        ++report_.resources;
        return text_.size() < piece_bytes ? result<void>{} : flush();
    }

    result<void> end_tenant()
    {
        ++report_.tenants;
        return flush();
    }

    TransferReport const& report() const noexcept { return report_; }

private:
    result<void> elements(ReadTransaction& transaction, Resource const& resource, Attribute const& attribute)
    {
        bool any = false;
        auto const read = maintenance::read_elements(transaction, resource, attribute,
                                                     [&](json::object&& element) -> result<void>
                                                     {
                                                         text_ += any ? "," : ",\"" + attribute.name + "\":[";
                                                         any = true;
                                                         write_json(text_, std::move(element));
                                                         ++report_.elements;
                                                         return text_.size() < piece_bytes ? result<void>{} : pass_on();
                                                     });
        if (any)
            text_.push_back(']');
        return read;
    }

    result<void> pass_on()
    {
        auto const written = write_(text_);
        text_.clear();
        return written;
    }

    result<void> flush()
    {
        if (auto written = pass_on(); !written)
            return written;
        if (options_.progress && !options_.progress(report_))
            return Error{ErrorCode::unavailable, "It was stopped."};
        return {};
    }

    function_ref<result<void>(std::string_view)> write_;
    TransferOptions const& options_;
    std::string text_{};
    TransferReport report_{};
};

Error in_line(Error error, std::uint64_t number)
{
    error.detail = "line " + std::to_string(number) + ": " + error.detail;
    return error;
}

} // namespace

result<TransferReport> export_store(ResourceStore& from, std::shared_ptr<SchemaRegistry const> registry,
                                    function_ref<result<void>(std::string_view)> write, TransferOptions const& options)
{
    Export writing{write, options};
    auto const see = [&](std::string_view tenant, ReadTransaction& transaction, Resource&& resource)
    { return writing.see(tenant, transaction, resource); };
    auto const end = [&](std::string_view) { return writing.end_tenant(); };
    if (auto done = maintenance::visit_store(from, registry, options, {see, end}); !done)
        return done.error();
    return writing.report();
}

result<TransferReport> load_export(std::istream& from, ResourceStore& to,
                                   std::shared_ptr<SchemaRegistry const> registry, TransferOptions const& options)
{
    auto loader = maintenance::Loader::make(to, registry, options);
    if (!loader)
        return loader.error();
    std::string line;
    std::string tenant;
    std::uint64_t bytes = 0;
    for (std::uint64_t number = 1;; ++number)
    {
        auto const more = maintenance::next_line(from, line, bytes);
        if (!more)
            return in_line(more.error(), number);
        if (!*more)
            break;
        if (line.empty())
            continue;
        auto read = maintenance::read_line(line, *registry);
        if (!read)
            return in_line(read.error(), number);
        if (loader->report().tenants == 0 || read->tenant != tenant)
            ++loader->report().tenants;
        tenant = read->tenant;
        if (auto begun = loader->begin(read->tenant, std::move(read->resource)); !begun)
            return begun.error(); // of one of the lines before it; it names the resource
    }
    if (auto flushed = loader->flush(); !flushed)
        return flushed.error();
    return loader->report();
}

} // namespace scimkit

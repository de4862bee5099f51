// Ids are made from the import and the line, so that an import that goes on after a crash finds what it has created,
// and nobody is created twice.
#include <scimkit/core/json.hpp>
#include <scimkit/core/text.hpp>
#include <scimkit/maintenance/import.hpp>
#include <scimkit/schema/registry.hpp>

#include "../resource/characters.hpp"
#include "import_batch.hpp"
#include "import_run.hpp"
#include "lines.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <thread>

namespace scimkit
{
namespace
{

using namespace maintenance;

constexpr std::size_t max_import_batch = 5'000;          // resources of a commit of an import; more are refused
constexpr std::size_t max_batch_bytes = 1 << 20;         // of a commit of an import; what comes then waits for the next
constexpr std::size_t max_id_bytes_of_import = 126;      // of an id that a line brings; longer ones are refused
constexpr std::size_t max_elements_of_a_request = 5'000; // of a large attribute; the rest follows in further requests
constexpr unsigned most_attempts = 6; // of an import at a batch that the store could not take; then it ends
constexpr std::uint64_t least_request_bytes = std::uint64_t{256} << 20;

Error no_id(std::string_view why) { return {ErrorCode::invalid_value, "'id' " + std::string{why}, "id"}; }

result<void> check_own_id(std::string_view id)
{
    bool const printable = std::ranges::all_of(id, [](unsigned char c) { return c > 0x20 && c != 0x7F; });
    if (id.empty() || id.size() > max_id_bytes_of_import || !printable)
        return no_id("has to have 1 to 126 bytes, and neither blanks nor control characters.");
    if (auto const reason = id_fault(id); !reason.empty()) // nobody could put it into a group
        return no_id("is no id of a resource: " + std::string{reason} + ".");
    if (id.starts_with('.')) // a dot segment, .search: no request would reach it
        return no_id("must not begin with a dot.");
    if (to_ascii_lower(id).find("bulkid") != std::string::npos)
        return no_id("may not contain bulkId.");
    return {};
}

json::value* find_member(json::object& body, std::string_view name)
{
    for (auto& [key, value] : body)
        if (equal_ascii_ignoring_case(key, name))
            return &value;
    return nullptr;
}

/// What the service says of a large attribute is sent in parts.
std::vector<std::string> take_rest(json::object& body, ResourceType const& type)
{
    std::vector<std::string> rest;
    for (AttributeRef const& large : type.large_attributes())
    {
        auto* const value = find_member(body, large.attribute->name);
        auto* const array = value ? value->if_array() : nullptr;
        if (!array || array->size() <= max_elements_of_a_request)
            continue;
        for (std::size_t begin = max_elements_of_a_request; begin < array->size(); begin += max_elements_of_a_request)
        {
            std::string patch =
                R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"add","path":")" +
                large.attribute->name + R"(","value":[)";
            for (std::size_t i = begin; i < std::min(array->size(), begin + max_elements_of_a_request); ++i)
            {
                if (i > begin)
                    patch.push_back(',');
                write_json(patch, (*array)[i]);
            }
            rest.push_back(patch + "]}]}");
        }
        array->resize(max_elements_of_a_request);
    }
    return rest;
}

void name_schemas(json::object& body, ResourceType const& type)
{
    if (find_member(body, "schemas"))
        return;
    json::array schemas;
    schemas.emplace_back(type.schema().id);
    for (ResourceType::Extension const& extension : type.extensions())
        if (find_member(body, extension.schema->id))
            schemas.emplace_back(extension.schema->id);
    body["schemas"] = std::move(schemas);
}

class Import
{
public:
    Import(Service const& service, ImportEnvironment& environment, RecordReader& records, ImportOptions const& options,
           bool savepoints)
        : service_(service)
        , records_(records)
        , options_(options)
        , batch_(service, environment, savepoints, options.dry_run)
    {
    }

    result<ImportProgress> run()
    {
        if (auto begun = begin(); !begun)
            return begun.error();
        for (;;)
        {
            ImportProgress::Last const from{.bytes = records_.bytes(), .lines = records_.lines(), .digest = {}};
            auto record = records_.next();
            if (!record)
                return record.error();
            if (!*record)
                break;
            if (auto taken = take(std::move(**record), from); !taken)
                return taken.error();
        }
        if (auto flushed = flush(); !flushed)
            return flushed.error();
        return progress_;
    }

private:
    result<void> begin()
    {
        if (!options_.resume)
        {
            progress_.run = new_run();
            return options_.progress ? options_.progress(progress_) : result<void>{};
        }
        progress_ = *options_.resume;
        if (!is_run(progress_.run))
            return Error{ErrorCode::invalid_value, "This is not the progress of an import."};
        in_doubt_ = true;
        end_ = {progress_.bytes, progress_.lines};
        last_ = progress_.last;
        if (progress_.bytes == 0)
            return {};
        if (auto same = go_on(); !same)
            return same;
        return check_newest();
    }

    /// Behind the last record that is done, if that is what it was.
    result<void> go_on()
    {
        if (auto there = records_.go_on(progress_.last.bytes, progress_.last.lines); !there)
            return there;
        auto record = records_.next();
        if (!record)
            return record.error();
        bool const ends_there = *record && (*record)->end == progress_.bytes && (*record)->end_line == progress_.lines;
        if (!ends_there || digest_of(read(**record)) != progress_.last.digest)
            return Error{ErrorCode::invalid_value,
                         "The progress is of another input, or was made with other options: what ends with line " +
                             std::to_string(progress_.lines) + " is not what was imported. Begin anew without it."};
        return {};
    }

    /// Whoever goes on with another store, or has made his anew, would miss all that was done.
    result<void> check_newest()
    {
        auto const& newest = progress_.newest;
        if (newest.id.empty())
            return {};
        auto const type = known(service_.registry().find_resource_type(newest.resource_type), newest.resource_type);
        auto const there =
            type ? batch_.is_there(options_.tenant.empty() ? newest.tenant : options_.tenant, **type, newest.id)
                 : result<bool>{false};
        if (!there || *there)
            return there ? result<void>{} : result<void>{there.error()};
        return Error{ErrorCode::invalid_value, "The progress is of another store or tenant, or what it created was "
                                               "deleted: there is no " +
                                                   newest.resource_type + " '" + newest.id +
                                                   "', the last that it created. Begin anew without it."};
    }

    result<void> take(Record&& record, ImportProgress::Last const& from)
    {
        std::string const tenant = options_.tenant.empty() ? record.tenant : options_.tenant;
        bool const full = items_.size() >= options_.batch || bytes_ >= max_batch_bytes;
        if (full || (!items_.empty() && tenant != tenant_))
            if (auto flushed = flush(); !flushed)
                return flushed;
        tenant_ = tenant;
        end_ = {record.end, record.end_line};
        auto item = read(record);
        last_ = from;
        last_.digest = digest_of(item);
        if (item)
        {
            bytes_ += item->body.size();
            items_.push_back(std::move(*item));
        }
        else
            refuse({record.line, status_of(item.error().code), std::string{scim_type_of(item.error().code)},
                    item.error().detail});
        return {};
    }

    result<ImportItem> read(Record& record) const
    {
        if (record.fault)
            return *record.fault;
        ImportItem item{.line = record.line};
        auto const type = type_of(record.body);
        if (!type)
            return type.error();
        item.type = *type;
        auto const* const id = find_member(record.body, "id");
        if (id && !id->is_string())
            return no_id("has to be a string.");
        item.id = id && options_.keep_ids ? std::string{id->get_string()} : id_for(progress_.run, record.line);
        if (auto checked = check_own_id(item.id); !checked)
            return checked.error();
        item.rest = take_rest(record.body, **type);
        name_schemas(record.body, **type);
        write_json(item.body, record.body);
        return item;
    }

    result<ResourceType const*> type_of(json::object& body) const
    {
        SchemaRegistry const& registry = service_.registry();
        auto const* const meta = find_member(body, "meta");
        auto const* const object = meta ? meta->if_object() : nullptr;
        auto const* const named = object ? object->if_contains("resourceType") : nullptr;
        if (named && named->is_string())
            return known(registry.find_resource_type(std::string_view{named->get_string()}),
                         std::string_view{named->get_string()});
        auto const* const schemas = find_member(body, "schemas");
        if (schemas && schemas->is_array())
            for (json::value const& uri : schemas->get_array())
                for (auto const& type : registry.resource_types())
                    if (uri.is_string() && type->is_base_schema(std::string_view{uri.get_string()}))
                        return type.get();
        return known(registry.find_resource_type(options_.resource_type), options_.resource_type);
    }

    static result<ResourceType const*> known(ResourceType const* type, std::string_view name)
    {
        if (type)
            return type;
        return Error{ErrorCode::invalid_value, "There is no resource type '" + std::string{name} + "'.",
                     "meta.resourceType"};
    }

    void refuse(ImportRefusal const& refusal) { refused_.push_back(refusal); }

    void tell_refusals()
    {
        std::ranges::sort(refused_, {}, &ImportRefusal::line);
        for (std::size_t i = 0; options_.refused && i < refused_.size(); ++i)
            options_.refused(refused_[i]);
        progress_.refused += refused_.size();
        refused_.clear();
    }

    result<void> flush()
    {
        auto waiting = std::move(items_);
        items_.clear();
        bytes_ = 0;
        for (unsigned attempt = 1; !waiting.empty(); ++attempt)
        {
            auto const outcomes = batch_.send(tenant_, waiting, in_doubt_ && !options_.dry_run);
            std::vector<ImportItem> again;
            std::string why;
            for (std::size_t i = 0; i < outcomes.size(); ++i)
                count(outcomes[i], waiting[i], again, why);
            if (!again.empty() && attempt == most_attempts)
                return Error{ErrorCode::unavailable, "line " + std::to_string(again.front().line) +
                                                         ": the service failed again and again: " + why};
            waiting = std::move(again);
            in_doubt_ = !waiting.empty(); // of an error nobody knows whether it came before or after the commit
            if (in_doubt_)
                std::this_thread::sleep_for(std::chrono::milliseconds{100U << attempt});
        }
        progress_.bytes = end_.bytes;
        progress_.lines = end_.lines;
        progress_.last = last_;
        tell_refusals();
        progress_.created += std::exchange(created_, 0);
        progress_.there += std::exchange(there_, 0);
        return options_.progress ? options_.progress(progress_) : result<void>{};
    }

    void count(ImportOutcome const& outcome, ImportItem& item, std::vector<ImportItem>& again, std::string& why)
    {
        switch (outcome.kind)
        {
        case ImportOutcome::Kind::created:
            ++created_;
            note_newest(item);
            break;
        case ImportOutcome::Kind::there:
            ++there_;
            note_newest(item);
            break;
        case ImportOutcome::Kind::refused:
            refuse(outcome.refusal);
            break;
        case ImportOutcome::Kind::again:
            why = outcome.refusal.detail;
            again.push_back(std::move(item));
            break;
        }
    }

    void note_newest(ImportItem const& item)
    {
        if (!options_.dry_run)
            progress_.newest = {tenant_, item.type->name(), item.id};
    }

    struct Place
    {
        std::uint64_t bytes = 0;
        std::uint64_t lines = 0;
    };

    Service const& service_;
    RecordReader& records_;
    ImportOptions const& options_;
    ImportBatch batch_;
    ImportProgress progress_{};
    std::string tenant_{};
    std::vector<ImportItem> items_{};
    std::size_t bytes_ = 0;
    Place end_{};
    ImportProgress::Last last_{}; ///< the record that ends there
    std::uint64_t created_ = 0;   // since the last batch, as the next two
    std::vector<ImportRefusal> refused_{};
    std::uint64_t there_ = 0;
    bool in_doubt_ = false; ///< some of the next batch may have been created
};

/// Limits of requests are the import's; those of values stay the service's.
void widen(ServiceLimits& limits, std::size_t batch)
{
    limits.max_body_bytes = std::max<std::size_t>(limits.max_body_bytes, least_request_bytes);
    limits.max_bulk_bytes = limits.max_body_bytes;
    limits.max_bulk_operations = std::max(limits.max_bulk_operations, batch);
    limits.max_bulk_secrets = std::max(limits.max_bulk_secrets, batch);
    limits.max_response_bytes = std::max<std::size_t>(limits.max_response_bytes, least_request_bytes);
    limits.max_json_depth = std::max<std::size_t>(limits.max_json_depth, 64);
    limits.max_work = std::numeric_limits<std::uint64_t>::max();
    limits.deadline = std::chrono::hours{1};
}

} // namespace

result<ImportProgress> import_resources(ServiceOptions options, std::istream& in, ImportOptions const& import)
{
    if (import.batch == 0 || import.batch > max_import_batch)
        return Error{ErrorCode::invalid_value, "A batch has 1 to " + std::to_string(max_import_batch) + " resources."};
    if (!options.environment)
        options.environment = system_environment();
    auto environment = std::make_shared<ImportEnvironment>(options.environment);
    options.environment = environment;
    options.authenticator = principal_required();
    options.authoriser = nullptr;
    options.path_prefix = "";
    options.bulk = true;
    options.atomic_bulk = false;
    options.principals_span_tenants = false;
    widen(options.limits, import.batch);
    bool const savepoints = options.store && options.store->traits().savepoints;
    auto service = Service::create(std::move(options));
    if (!service)
        return service.error();
    auto records = import.csv ? csv_records(in, *import.csv, service->registry())
                              : result<std::unique_ptr<RecordReader>>{json_records(in)};
    if (!records)
        return records.error();
    return Import{*service, *environment, **records, import, savepoints}.run();
}

} // namespace scimkit

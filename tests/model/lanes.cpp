// Sets up the services and speaks to them.
#include "lanes.hpp"

#include <scimkit/memory/memory_store.hpp>

#include "custom_types.hpp"
#include "journal_store.hpp"
#include "support/service_fixture.hpp"

#include <chrono>
#include <cstdlib>
#include <thread>
#include <unistd.h>
#ifdef SCIMKIT_MODEL_LMDB
#include <scimkit/lmdb/lmdb_store.hpp>
#endif
#ifdef SCIMKIT_MODEL_POSTGRESQL
#include "support/postgresql_store.hpp"
#endif

namespace scimkit::model
{
namespace
{

constexpr int sequences_of_a_store = 500;

void put_in(std::string& text, std::string_view from, std::string_view to)
{
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
}

ServiceOptions make_options(std::shared_ptr<ResourceStore> store, std::shared_ptr<SchemaRegistry const> registry,
                            Mode mode, bool ahead, std::shared_ptr<Environment> environment)
{
    ServiceOptions options{.base_url = std::string{root_url},
                           .store = std::move(store),
                           .authenticator = no_authentication("fuzzer"),
                           .registry = std::move(registry),
                           .environment = std::move(environment),
                           .password_hasher = std::make_shared<test::FakeHasher>(),
                           .me = own_resource_by()};
    if (mode == Mode::strict)
        options.tolerance = Tolerance::strict();
    // Some work everything out ahead of the write transaction: that must make no difference.
    if (ahead)
        options.limits.max_work_as_writer = 0;
    return options;
}

/// What a single operation of a BulkResponse says, as an answer.
Response as_answer(json::object const& operation)
{
    Response answer{.status = std::stoi(text_of(operation, "status"))};
    if (auto const location = text_of(operation, "location"); !location.empty())
        answer.headers.push_back({"Location", location});
    if (auto const* error = operation.if_contains("response"); error && error->is_object())
        answer.scim_type = text_of(error->get_object(), "scimType");
    return answer;
}

} // namespace

/// What carries out requests later is stopped before the service goes.
struct Lane::Running
{
    Running(ServiceOptions options, std::shared_ptr<StepEnvironment> const& environment, bool later)
        : requests(
              later ? AsyncRequests::create({.store = options.store, .threads = 1, .environment = environment}).value()
                    : nullptr)
        , service(
              [&]
              {
                  options.async_requests = requests;
                  return Service::create(std::move(options)).value();
              }())
    {
        if (requests)
            requests->start(
                [this, environment](Request const& request)
                {
                    environment->give_ids_again();
                    return service.handle(request);
                });
    }
    ~Running()
    {
        if (requests)
            requests->stop();
    }
    Running(Running const&) = delete;
    Running& operator=(Running const&) = delete;

    std::shared_ptr<AsyncRequests> requests;
    Service service;
};

std::filesystem::path working_directory()
{
    namespace fs = std::filesystem;
    auto const parent = fs::is_directory("/dev/shm") ? fs::path{"/dev/shm"} : fs::temp_directory_path();
    return parent / ("scimkit-fuzz-" + std::to_string(getpid()));
}

Lane::Lane(std::string name, std::shared_ptr<ResourceStore> store, std::shared_ptr<SchemaRegistry const> registry,
           Mode mode)
    : name_(std::move(name))
    , environment_(std::make_shared<StepEnvironment>())
{
    auto options = make_options(std::move(store), std::move(registry), mode, name_ == "lmdb", environment_);
    options.delta_query = has_log();
    running_ = std::make_shared<Running>(std::move(options), environment_, has_log());
}

void Lane::begin(std::string tenant)
{
    tenant_ = std::move(tenant);
    tags.clear();
    tokens.clear();
}

std::string Lane::with_tags(std::string text) const
{
    for (auto const& [id, known] : tags)
    {
        put_in(text, "{etag " + id + '}', known.current.empty() ? "W/\"none\"" : known.current);
        put_in(text, "{old " + id + '}', known.old.empty() ? "W/\"none\"" : known.old);
    }
    if (text.find('{') != std::string::npos)
        return "W/\"none\""; // of a resource that never was
    return text;
}

/// The versions that the operations of a Bulk name.
std::string Lane::with_versions(std::string const& bulk) const
{
    auto message = json::parse(bulk);
    auto* operations = message.is_object() ? message.get_object().if_contains("Operations") : nullptr;
    if (!operations || !operations->is_array())
        return bulk;
    for (json::value& each : operations->get_array())
        if (auto* version = each.is_object() ? each.get_object().if_contains("version") : nullptr;
            version && version->is_string())
            *version = with_tags(std::string{version->get_string()});
    return json::serialize(message);
}

std::string Lane::with_token(std::string text) const
{
    for (auto const& [name, token] : tokens)
        put_in(text, "{token " + name + '}', token);
    return text;
}

Response Lane::ask(Request const& request) { return running_->service.handle(request); }

/// Waits for what becomes of a request that was accepted.
Response Lane::outcome(Response const& accepted, Principal const& who)
{
    constexpr std::chrono::seconds longest{60};
    constexpr int least_looks = 10'000; // a process that gets no processor has not waited
    std::string const target = "/v2/Async/" + std::string{accepted.header("Set-Txn")};
    auto const end = std::chrono::steady_clock::now() + longest;
    for (int looks = 0; looks < least_looks || std::chrono::steady_clock::now() < end; ++looks)
    {
        Request request{.method = "GET", .target = target};
        request.principal = who;
        if (auto const answer = ask(request); answer.status != 202)
            return answer;
        std::this_thread::sleep_for(std::chrono::microseconds{200});
    }
    return {.status = 599}; // it was never carried out
}

Response Lane::send(Step const& step, std::int64_t now)
{
    bool const is_bulk = step.target == "/Bulk";
    environment_->set(Instant{std::chrono::microseconds{now}},
                      is_bulk ? made_ids(json::parse(step.body))
                              : std::vector{step.id, step.id}); // once more where it is carried out at once after all
    std::string target = step.target;
    put_in(target, "+", "%2B");
    target = "/v2" + test::encode_target(target);
    std::string const body = is_bulk ? with_versions(step.body) : with_token(step.body);
    Request request{.method = step.method, .target = target, .body = body};
    auto const caller = step.header("Caller");
    request.principal = Principal{.subject = std::string{caller.empty() ? "fuzzer" : caller}, .tenant = tenant_};
    std::vector<std::string> values;
    values.reserve(step.headers.size());
    for (auto const& [name, value] : step.headers)
        if (name != "Caller")
            request.headers.push_back({name, values.emplace_back(with_tags(value))});
    if (!step.body.empty())
        request.headers.push_back({"Content-Type", "application/scim+json"});
    if (step.is_asynchronous()) // results are kept without explanations
        request.headers.push_back({"Accept", "application/scim+json"});
    Response answer = ask(request);
    if (answer.status == 202)
    {
        answer = outcome(answer, *request.principal);
        if (auto const message = answer.status == 200 ? json::parse(answer.body) : json::value{};
            !is_bulk && !message.is_null())
            answer = as_answer(message.at("Operations").at(0).as_object());
    }
    if (step.is_asynchronous() && !is_bulk)
        answer.body.clear();
    if (spoil)
        spoil(step, answer);
    return answer;
}

Lanes::Lanes(std::filesystem::path directory, Mode mode)
    : directory_(std::move(directory))
    , mode_(mode)
    , registry_(make_registry())
{
    make_stores();
    auto const read = [&](std::string target)
    { return json::parse(lanes_.front().send({.method = "GET", .target = std::move(target)}, 0).body); };
    types_ = read_types(read("/Schemas"), read("/ResourceTypes"));
}

Lanes::~Lanes()
{
    lanes_.clear();
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
}

void Lanes::make_stores()
{
    lanes_.clear();
    lanes_.emplace_back("memory", memory::make_store(), registry_, mode_);
#ifdef SCIMKIT_MODEL_LMDB
    std::filesystem::remove_all(directory_);
    std::filesystem::create_directories(directory_);
    lanes_.emplace_back("lmdb", lmdb::open_store(directory_, {.fsync = false}).value(), registry_, mode_);
#endif
#ifdef SCIMKIT_MODEL_POSTGRESQL
    // Many round trips make it slow, so only who asks for it has it.
    if (std::getenv("SCIMKIT_FUZZ_POSTGRESQL") && test::PostgresqlCluster::is_installed())
        lanes_.emplace_back("postgresql", test::new_postgresql_store(), registry_, mode_);
#endif
    lanes_.emplace_back("small store", adapt_small_store(std::make_shared<test::JournalStore>()), registry_, mode_);
}

void Lanes::begin_sequence()
{
    if (++sequences_ % sequences_of_a_store == 0)
        make_stores();
    for (Lane& lane : lanes_)
        lane.begin("t" + std::to_string(sequences_));
}

} // namespace scimkit::model

// Killed before and after each write to the store, from the moment a request is accepted: what was accepted is carried
// out, once. Each child is a process of its own, forked while nothing here has a thread or a store.
#include <scimkit/lmdb/lmdb_store.hpp>
#include <scimkit/store/forwarding_store.hpp>

#include "async_fixture.hpp"
#include "http/becomes.hpp"
#include "store/temporary_directory.hpp"

#include <csignal>
#include <functional>
#include <map>
#include <sys/wait.h>
#include <unistd.h>

using namespace scimkit;
using namespace scimkit::test;

BOOST_AUTO_TEST_SUITE(async_kills)

namespace
{

std::shared_ptr<ResourceStore> open(TemporaryDirectory const& directory)
{
    return lmdb::open_store(directory.path().string(), {.fsync = false}).value();
}

[[noreturn]] void die()
{
    ::kill(::getpid(), SIGKILL);
    for (;;)
        ::pause();
}

/// Dies at the write of that number, before or after its commit.
struct DyingStore final : ForwardingStore
{
    DyingStore(std::shared_ptr<ResourceStore> inner, int number, bool after)
        : ForwardingStore(std::move(inner))
        , left(number)
        , dies_after(after)
    {
    }
    result<void> write(Attachment const& attachment, std::string_view tenant, CallContext const& context,
                       Body<WriteTransaction> body) override
    {
        bool const is_last = left-- == 0;
        if (is_last && !dies_after)
            die();
        auto done = ForwardingStore::write(attachment, tenant, context, body);
        if (is_last)
            die();
        return done;
    }
    std::atomic<int> left;
    bool dies_after;
};

/// Ids in two parts.
struct IdsWithSlashes final : TickingEnvironment
{
    std::string new_id() override { return "of/" + system_environment()->new_id(); }
};

/// Each operation in a transaction of its own, so that a Bulk has something to go on with.
ServiceOptions short_transactions()
{
    ServiceOptions options;
    options.environment = std::make_shared<IdsWithSlashes>();
    options.limits.max_bulk_work_as_writer = 1;
    return options;
}

/// Sends a request, and gives what was accepted of it.
using Send = std::function<std::string(std::string_view path, json::value const& body)>;

/// Runs `requests` until it is killed, and says which were accepted. Whether it was killed.
bool send_and_die(TemporaryDirectory const& directory, int number, bool after, ServiceOptions const& options,
                  std::vector<std::string>& txns, std::function<void(AsyncFixture const&, Send const&)> const& requests)
{
    int ends[2];
    BOOST_REQUIRE(::pipe(ends) == 0);
    auto const child = ::fork();
    if (child == 0)
    {
        ::alarm(60);
        AsyncFixture scim{std::make_shared<DyingStore>(open(directory), number, after), options};
        requests(scim,
                 [&](std::string_view path, json::value const& body)
                 {
                     std::string txn{scim.scim.post(path, body, AsyncFixture::later()).header("Set-Txn")};
                     auto const line = txn + "\n";
                     if (::write(ends[1], line.data(), line.size()) < 0)
                         ::_exit(1);
                     return txn;
                 });
        ::_exit(0);
    }
    ::close(ends[1]);
    std::string said;
    char buffer[256];
    for (ssize_t size = 0; (size = ::read(ends[0], buffer, sizeof buffer)) > 0;)
        said.append(buffer, static_cast<std::size_t>(size));
    ::close(ends[0]);
    for (std::size_t at = 0, end = 0; (end = said.find('\n', at)) != std::string::npos; at = end + 1)
        txns.push_back(said.substr(at, end - at));
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

void send_some(AsyncFixture const& scim, Send const& send)
{
    send("/Users", user("one"));
    send("/Bulk", bulk({bulk_post("/Users", "a", user("two")), bulk_post("/Users", "b", user("one")),
                        bulk_post("/Groups", "g", group("team", {"bulkId:a"}))}));
    scim.result_of(send("/Users", user("three")));
}

/// What the log says of the creation of things that clients know: "User 2".
std::map<std::string, int> created(AsyncFixture const& scim)
{
    std::map<std::string, int> all;
    auto const look = [&](LoggedChange&& change)
    {
        if (!is_own_type(change.resource_type) && change.operation == LoggedChange::Operation::created)
            ++all[change.resource_type];
        return true;
    };
    BOOST_TEST(scim.store->change_log()->read("default", {}, {}, 100'000, look).has_value());
    return all;
}

} // namespace

BOOST_AUTO_TEST_CASE(what_was_accepted_is_carried_out_once_wherever_the_process_was_killed)
{
    int kills = 0;
    for (int number = 0; number < 16; ++number)
        for (bool const after : {false, true})
        {
            BOOST_TEST_CONTEXT("write " << number << (after ? ", after" : ", before"))
            {
                TemporaryDirectory const directory;
                std::vector<std::string> txns;
                kills += send_and_die(directory, number, after, short_transactions(), txns, send_some);
                AsyncFixture scim{open(directory), short_transactions()};
                for (std::string const& txn : txns)
                    BOOST_TEST(scim.result_of(txn).status == 200);
                // Of the last one it may not have been heard: it is carried out all the same, some time.
                BOOST_TEST(becomes([&] { return static_cast<std::size_t>(created(scim)["User"]) == scim.users(); }));
                auto made = created(scim);
                auto const users = scim.users();
                BOOST_TEST(users >= (txns.size() == 3 ? 3U : txns.size()));
                BOOST_TEST(made["Group"] <= 1);
                if (txns.size() >= 2)
                {
                    BOOST_TEST(statuses(scim.result_of(txns[1])) == "201 409 201");
                    BOOST_TEST(made["Group"] == 1);
                    auto const member = scim.scim.get("/Groups").text("/Resources/0/members/0/value");
                    BOOST_TEST(member.starts_with("of/"), member);
                }
                std::map<std::string, int> told;
                for (std::string const& event : scim.events())
                    ++told[event.substr(0, event.find(' '))];
                for (auto const& [txn, times] : told)
                    BOOST_TEST(times == 1, txn);
                for (std::size_t i = 0; i < txns.size(); ++i)
                    BOOST_TEST(told.contains(i == 1 ? txns[i] + ":2" : txns[i]));
            }
        }
    BOOST_TEST(kills > 12, "there are as many writes to be killed at");
}

// What has failed is written down at the end, in several commits.
BOOST_AUTO_TEST_CASE(a_bulk_that_was_killed_while_its_failures_were_written_down_is_not_carried_out_again)
{
    constexpr int count = 450;
    auto const many = [](AsyncFixture const& scim, Send const& send)
    {
        json::array operations{bulk_post("/Users", "a", user("one"))};
        for (int i = 1; i < count; ++i)
            operations.push_back(bulk_post("/Users", "b" + std::to_string(i), user(i < 3 ? "one" : std::to_string(i))));
        scim.result_of(send("/Bulk", bulk(std::move(operations), {{"failOnErrors", 2}})));
    };
    int kills = 0;
    for (int number = 1; number < 6; ++number)
        for (bool const after : {false, true})
            BOOST_TEST_CONTEXT("write " << number << (after ? ", after" : ", before"))
            {
                TemporaryDirectory const directory;
                std::vector<std::string> txns;
                kills += send_and_die(directory, number, after, {}, txns, many);
                AsyncFixture scim{open(directory)};
                if (txns.empty())
                    continue; // killed before it could be said
                Reply const result = scim.result_of(txns.front());
                BOOST_TEST(result.size("/Operations") == count);
                auto const all = statuses(result);
                BOOST_TEST(all.starts_with("201 409 409 409 "), all);
                BOOST_TEST(all.find("201", 3) == std::string::npos, all);
                BOOST_TEST(scim.users() == 1U);
                std::map<std::string, int> told;
                for (std::string const& event : scim.events())
                    ++told[event.substr(0, event.find(' '))];
                for (int i = 0; i < count; ++i)
                    BOOST_TEST(told[txns.front() + ":" + std::to_string(i)] == 1, i);
            }
    BOOST_TEST(kills >= 8, "the results are written in so many commits");
}

BOOST_AUTO_TEST_SUITE_END()

// One resource under many hands: what all clients saw has one order that explains it, so that nobody read what was gone
// already, and no update was lost. And the judge of that is shown histories that have none.
#include "support/all_stores.hpp"
#include "support/history.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <thread>

using namespace scimkit;
using namespace scimkit::test;
using boost::unit_test::label;

BOOST_AUTO_TEST_SUITE(linearisability)

namespace
{

using Kind = Operation::Kind;

constexpr int threads = 5;
constexpr int operations_each = 9; // and a read before each swap: History takes 64 in all
constexpr int rounds = 12;

int value_of(Reply const& reply) { return std::stoi(reply.text("/displayName")); }

/// A client that reads, writes, and writes if nobody else has, in turn.
class Client
{
public:
    Client(ServiceFixture const& scim, std::string path, std::atomic<std::uint64_t>& clock, int number)
        : scim_(scim)
        , path_(std::move(path))
        , clock_(clock)
        , number_(number)
    {
    }

    void run()
    {
        for (int i = 0; i < operations_each; ++i)
        {
            int const fresh = 1 + number_ * operations_each + i;
            switch ((i + number_) % 3)
            {
            case 0:
                read();
                break;
            case 1:
                write(fresh);
                break;
            default:
                swap(fresh);
                break;
            }
        }
    }

    std::vector<Operation> operations{};

private:
    Reply read()
    {
        Operation seen{.kind = Kind::read, .begin = clock_++};
        Reply reply = scim_.get(path_);
        seen.end = clock_++;
        seen.value = value_of(reply);
        operations.push_back(seen);
        return reply;
    }

    void write(int value)
    {
        Operation done{.kind = Kind::write, .value = value, .begin = clock_++};
        Reply const reply =
            number_ % 2 == 0
                ? scim_.patch(path_, patch_op("replace", "displayName", json::value(std::to_string(value))))
                : scim_.put(path_, user("ada", {{"displayName", std::to_string(value)}}));
        done.end = clock_++;
        note(done, reply);
    }

    void swap(int value)
    {
        Reply const before = read();
        Operation done{.kind = Kind::swap, .value = value, .expected = value_of(before), .begin = clock_++};
        Reply const reply = scim_.patch(path_, patch_op("replace", "displayName", json::value(std::to_string(value))),
                                        {{"If-Match", std::string{before.header("ETag")}}});
        done.end = clock_++;
        if (reply.status == 412)
            done.kind = Kind::refused;
        note(done, reply);
    }

    // One that gave up because others were busy has changed nothing, and is left out: a read that saw it has no order.
    void note(Operation const& done, Reply const& reply)
    {
        if (reply.status < 300 || done.kind == Kind::refused)
            operations.push_back(done);
        else if (reply.status != 503)
            throw std::runtime_error{"a write was answered " + reply.response.body};
    }

    ServiceFixture const& scim_;
    std::string path_;
    std::atomic<std::uint64_t>& clock_;
    int number_;
};

std::vector<Operation> run_together(ServiceFixture const& scim)
{
    auto const path = "/Users/" + scim.create("/Users", user("ada", {{"displayName", "0"}}));
    std::atomic<std::uint64_t> clock{0};
    std::vector<Client> clients;
    for (int i = 0; i < threads; ++i)
        clients.emplace_back(scim, path, clock, i);
    {
        std::vector<std::jthread> running;
        for (Client& client : clients)
            running.emplace_back([&client] { client.run(); });
    }
    std::vector<Operation> all;
    for (Client const& client : clients)
        all.insert(all.end(), client.operations.begin(), client.operations.end());
    BOOST_REQUIRE(scim.del(path).status == 204);
    return all;
}

bool has_order(std::vector<Operation> operations)
{
    BOOST_REQUIRE(operations.size() <= History::most);
    return History{std::move(operations), 0}.is_linearisable();
}

} // namespace

BOOST_AUTO_TEST_CASE(what_all_clients_saw_of_a_resource_has_an_order, *label("7644-3.14-l") * label("7644-3.5.2-ab"))
{
    for (NamedStore const& store : all_stores_under_many_hands())
    {
        if (!store.atomic)
            continue;
        BOOST_TEST_CONTEXT(store)
        {
            ServiceFixture const scim{{.store = store.make(), .environment = system_environment()}};
            for (int round = 0; round < rounds; ++round)
                BOOST_TEST(has_order(run_together(scim)));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_history_of_one_after_the_other_has_an_order)
{
    BOOST_TEST(has_order({{.kind = Kind::write, .value = 1, .begin = 0, .end = 1},
                          {.kind = Kind::read, .value = 1, .begin = 2, .end = 3},
                          {.kind = Kind::swap, .value = 2, .expected = 1, .begin = 4, .end = 5},
                          {.kind = Kind::refused, .value = 3, .expected = 1, .begin = 6, .end = 7}}));
}

BOOST_AUTO_TEST_CASE(two_that_overlap_may_have_come_in_either_order)
{
    for (int const last : {1, 2})
        BOOST_TEST(has_order({{.kind = Kind::write, .value = 1, .begin = 0, .end = 3},
                              {.kind = Kind::write, .value = 2, .begin = 1, .end = 2},
                              {.kind = Kind::read, .value = last, .begin = 4, .end = 5}}));
}

BOOST_AUTO_TEST_CASE(a_read_of_what_was_gone_has_none)
{
    BOOST_TEST(!has_order({{.kind = Kind::write, .value = 1, .begin = 0, .end = 1},
                           {.kind = Kind::write, .value = 2, .begin = 2, .end = 3},
                           {.kind = Kind::read, .value = 1, .begin = 4, .end = 5}}));
}

BOOST_AUTO_TEST_CASE(an_update_that_was_lost_has_none)
{
    BOOST_TEST(!has_order({{.kind = Kind::swap, .value = 1, .expected = 0, .begin = 0, .end = 2},
                           {.kind = Kind::swap, .value = 2, .expected = 0, .begin = 1, .end = 3}}));
}

BOOST_AUTO_TEST_CASE(a_refusal_for_nothing_has_none)
{
    BOOST_TEST(!has_order({{.kind = Kind::refused, .value = 1, .expected = 0, .begin = 0, .end = 1}}));
}

BOOST_AUTO_TEST_CASE(two_that_saw_two_writes_in_two_orders_have_none)
{
    BOOST_TEST(!has_order({{.kind = Kind::write, .value = 1, .begin = 0, .end = 20},
                           {.kind = Kind::write, .value = 2, .begin = 1, .end = 21},
                           {.kind = Kind::read, .value = 1, .begin = 2, .end = 3},
                           {.kind = Kind::read, .value = 2, .begin = 4, .end = 5},
                           {.kind = Kind::read, .value = 1, .begin = 6, .end = 7}}));
}

BOOST_AUTO_TEST_SUITE_END()

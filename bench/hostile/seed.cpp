// Fills an LMDB directory with what the hostile cases need, through the service itself, so that the data is what a
// client would have made.
//
//     scimkit_bench_hostile_seed DIRECTORY USERS     the users and groups; prints the ids of those with a part, as JSON
//     scimkit_bench_hostile_seed DIRECTORY growth    users of 900 KB, until the file has 235 MB
//     scimkit_bench_hostile_seed DIRECTORY crowds USERS
//         groups of all users, a group that is in 10,000 others, and users in 1,000 groups each
#include <scimkit/lmdb/lmdb_store.hpp>

#include "../sample.hpp"

#include <boost/json/serialize.hpp>

#include <filesystem>
#include <iostream>

namespace
{

using namespace scimkit;

constexpr std::size_t groups_of_the_joiner = 20'000;
constexpr std::size_t members_at_once = 5'000;
constexpr int users_with_long_titles = 60;
constexpr int large_users = 100;
constexpr std::size_t crowds = 8;
constexpr std::size_t team_size = 1'000, groups_of_the_team = 10'000;
constexpr std::size_t leavers = 64, groups_of_the_leavers = 1'000;
constexpr std::uintmax_t before_the_first_growth = 235'000'000;

class Seeder
{
public:
    explicit Seeder(std::filesystem::path const& directory)
        : service_(Service::create({.base_url = "https://example.com/scim",
                                    .store = lmdb::open_store(directory, {.fsync = false}).value(),
                                    .authenticator = no_authentication(),
                                    .registry = bench::registry()})
                       .value())
    {
    }

    /// Sends and returns the id of what was made. Ends the program if it was refused.
    std::string send(std::string_view method, std::string const& target, std::string const& body)
    {
        Response const response = service_.handle({.method = method,
                                                   .target = "/scim" + target,
                                                   .headers = {{"Content-Type", "application/scim+json"}},
                                                   .body = body});
        if (response.status / 100 != 2)
            throw std::runtime_error(std::string{method} + " " + target + ": " + std::to_string(response.status) + " " +
                                     response.body.substr(0, 500));
        std::size_t const id = response.body.find("\"id\":\"");
        return id == std::string::npos ? "" : response.body.substr(id + 6, response.body.find('"', id + 6) - id - 6);
    }

    std::string user(std::string const& name, std::string const& more)
    {
        return send("POST", "/Users",
                    R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":")" + name + "\"," + more +
                        "}");
    }

    std::string group(std::string const& name, std::string const& member)
    {
        return group(name, std::vector<std::string>{member});
    }

    std::string group(std::string const& name, std::vector<std::string> const& members)
    {
        std::string values;
        for (std::string const& member : members)
            values += (values.empty() ? "" : ",") + (R"({"value":")" + member + "\"}");
        return send("POST", "/Groups",
                    R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":")" + name +
                        R"(","members":[)" + values + "]}");
    }

private:
    Service service_;
};

std::string repeated(std::string_view text, std::size_t times)
{
    std::string all;
    for (std::size_t i = 0; i < times; ++i)
        all += text;
    return all;
}

std::string large_attributes()
{
    std::string const text = repeated("x", 225'000);
    return R"("nickName":")" + text + R"(","title":")" + text + R"(","name":{"formatted":")" + text +
           R"(","middleName":")" + text + "\"}";
}

void add_members(Seeder& seeder, std::string const& group, std::vector<std::string> const& ids)
{
    for (std::size_t from = 0; from < ids.size(); from += members_at_once)
    {
        std::string values;
        for (std::size_t i = from; i < std::min(from + members_at_once, ids.size()); ++i)
            values += (values.empty() ? "" : ",") + (R"({"type":"User","value":")" + ids[i] + "\"}");
        seeder.send("PATCH", "/Groups/" + group,
                    R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[)"
                    R"({"op":"add","path":"members","value":[)" +
                        values + "]}]}");
    }
}

/// User number `i` of a thousand family names, in no order, so that a sort has something to do.
std::string plain_user(Seeder& seeder, std::size_t i)
{
    std::string body = bench::user_body("user-" + std::to_string(i) + "@example.com");
    std::string const name = "Jensen" + std::to_string((i * 7'919) % 1'000);
    std::string const family = R"("familyName":"Jensen")";
    body.replace(body.find(family), family.size(), R"("familyName":")" + name + "\"");
    std::string const manager = R"(,"manager":{"value":"26118915-6090-4610-87e4-49d8ca9f808d"})";
    body.erase(body.find(manager), manager.size());
    return seeder.send("POST", "/Users", body);
}

void fill(Seeder& seeder, std::size_t users)
{
    std::vector<std::string> ids;
    for (std::size_t i = 0; i < users; ++i)
        ids.push_back(plain_user(seeder, i));
    std::string const everyone = seeder.group("everyone", ids.front());
    add_members(seeder, everyone, ids);
    std::string const joiner = seeder.user("joiner", R"("displayName":"In many groups")");
    for (std::size_t i = 0; i < groups_of_the_joiner; ++i)
        seeder.group("group-" + std::to_string(i), joiner);
    std::string const long_title = repeated("\u00e9", 100'000);
    for (int i = 0; i < users_with_long_titles; ++i)
        seeder.user("long-title-" + std::to_string(i), R"("title":")" + long_title + "\"");
    std::string const long_email =
        seeder.user("long-email", R"("emails":[{"value":")" + long_title + R"(@example.com"}])");
    for (int i = 0; i < large_users; ++i)
        seeder.user("large-" + std::to_string(i), large_attributes());
    std::cout << boost::json::serialize(
                     boost::json::object{{"everyone", everyone},
                                         {"joiner", joiner},
                                         {"long_email", long_email},
                                         {"plain", ids[ids.size() / 2]},
                                         {"plain_name", "user-" + std::to_string(ids.size() / 2) + "@example.com"},
                                         {"users", users}})
              << std::endl;
}

boost::json::array as_json(std::vector<std::string> const& ids) { return boost::json::array(ids.begin(), ids.end()); }

/// What goes with all that it is in, and what is in much by way of another group.
void fill_with_crowds(Seeder& seeder, std::size_t users)
{
    std::vector<std::string> everybody, full, team, leaving;
    for (std::size_t i = 0; i < users; ++i)
        everybody.push_back(plain_user(seeder, i));
    for (std::size_t i = 0; i < crowds; ++i)
    {
        full.push_back(seeder.group("crowd-" + std::to_string(i), everybody.front()));
        add_members(seeder, full.back(), everybody);
    }
    for (std::size_t i = 0; i < team_size; ++i)
        team.push_back(seeder.user("nested-" + std::to_string(i), R"("displayName":"In a nested group")"));
    std::string const nested = seeder.group("team", team);
    for (std::size_t i = 0; i < groups_of_the_team; ++i)
        seeder.group("nest-" + std::to_string(i), nested);
    for (std::size_t i = 0; i < leavers; ++i)
        leaving.push_back(seeder.user("leaver-" + std::to_string(i), R"("displayName":"In many groups")"));
    for (std::size_t i = 0; i < groups_of_the_leavers; ++i)
        seeder.group("left-" + std::to_string(i), leaving);
    std::cout << boost::json::serialize(
                     boost::json::object{{"everyone", full.front()},
                                         {"joiner", leaving.front()},
                                         {"long_email", everybody.front()},
                                         {"plain", everybody[users / 2]},
                                         {"plain_name", "user-" + std::to_string(users / 2) + "@example.com"},
                                         {"users", users},
                                         {"crowds", as_json(full)},
                                         {"leavers", as_json(leaving)}})
              << std::endl;
}

/// The same parts, small, and then large users until the map of former versions was about to double.
void fill_for_growth(Seeder& seeder, std::filesystem::path const& directory)
{
    std::string const id = plain_user(seeder, 0);
    std::string const group = seeder.group("everyone", id);
    for (int i = 0; std::filesystem::file_size(directory / "data.mdb") < before_the_first_growth; ++i)
        seeder.user("large-" + std::to_string(i), large_attributes());
    std::cout << boost::json::serialize(boost::json::object{{"everyone", group},
                                                            {"joiner", id},
                                                            {"long_email", id},
                                                            {"plain", id},
                                                            {"plain_name", "user-0@example.com"},
                                                            {"users", 1'000}})
              << std::endl;
}

} // namespace

int main(int argc, char** argv)
{
    std::vector<std::string> const words(argv + 1, argv + argc);
    bool const crowded = words.size() == 3 && words[1] == "crowds";
    if (!crowded && words.size() != 2)
    {
        std::cerr << "usage: scimkit_bench_hostile_seed DIRECTORY USERS|growth|crowds USERS\n";
        return 2;
    }
    try
    {
        Seeder seeder{words[0]};
        if (crowded)
            fill_with_crowds(seeder, std::stoul(words[2]));
        else if (words[1] == "growth")
            fill_for_growth(seeder, words[0]);
        else
            fill(seeder, std::stoul(words[1]));
        return 0;
    }
    catch (std::exception const& exception)
    {
        std::cerr << "scimkit_bench_hostile_seed: " << exception.what() << '\n';
        return 1;
    }
}

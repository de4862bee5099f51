// The connection string taken apart as libpq does it, environment included; where the hosts stand in a service file
// only libpq knows them, and tries them itself.
#include "hosts.hpp"

#include <algorithm>
#include <cstdlib>
#include <libpq-fe.h>
#include <memory>
#include <string_view>

namespace scimkit::postgresql
{
namespace
{

using Options = std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)>;

/// Seconds, and of the last one milliseconds. With the first three a connection that is idle ends within eleven seconds
/// of the loss of its server; with the last one a connection that has sent something ends within ten.
constexpr std::pair<char const*, char const*> of_lost_connections[] = {
    {"keepalives_idle", "5"}, {"keepalives_interval", "2"}, {"keepalives_count", "3"}, {"tcp_user_timeout", "10000"}};

result<Options> read(std::string const& conninfo)
{
    char* reason = nullptr;
    Options parsed{PQconninfoParse(conninfo.c_str(), &reason), PQconninfoFree};
    std::unique_ptr<char, decltype(&PQfreemem)> const owned{reason, PQfreemem};
    if (parsed)
        return parsed;
    // libpq repeats what it could not read, which may be a part of a password: the reason ends at the first quote.
    std::string_view const text = reason ? reason : "out of memory";
    return Error{ErrorCode::invalid_value, "The PostgreSQL connection string cannot be read: " +
                                               std::string{text.substr(0, text.find_first_of("\"\n"))} + "."};
}

void take_said(PQconninfoOption const* options, ConnectParams& said)
{
    for (; options->keyword; ++options)
        if (options->val && *options->val != '\0')
            said.emplace(options->keyword, options->val);
}

/// What libpq has for want of a word is nobody's wish.
bool is_wish(PQconninfoOption const& option)
{
    return !option.compiled || std::string_view{option.val} != option.compiled ||
           (option.envvar && std::getenv(option.envvar)); // NOLINT(concurrency-mt-unsafe): as libpq does
}

/// Of the environment, which may name a service.
void take_places(PQconninfoOption const* options, ConnectParams& said)
{
    for (; options && options->keyword; ++options)
    {
        std::string_view const word = options->keyword;
        bool const place = word == "host" || word == "hostaddr" || word == "port" ||
                           (word == "target_session_attrs" && options->val && is_wish(*options));
        if (options->val && *options->val != '\0' && place)
            said.emplace(word, options->val);
    }
}

std::vector<std::string> parts(ConnectParams const& said, std::string const& word)
{
    auto const found = said.find(word);
    std::vector<std::string> list;
    if (found == said.end())
        return list;
    std::string_view rest = found->second;
    for (;;)
    {
        auto const comma = rest.find(',');
        list.emplace_back(rest.substr(0, comma));
        if (comma == std::string_view::npos)
            return list;
        rest.remove_prefix(comma + 1);
    }
}

/// Of host number `i`; false where the lists do not fit each other, which libpq says better.
bool choose(ConnectParams& one, std::string const& word, std::vector<std::string> const& list, std::size_t i,
            std::size_t hosts)
{
    if (list.empty())
        return true;
    if (list.size() != hosts && (list.size() > 1 || word != "port"))
        return false;
    std::string const& chosen = list.size() == 1 ? list[0] : list[i];
    if (chosen.empty())
        one.erase(word);
    else
        one[word] = chosen;
    return true;
}

} // namespace

result<Hosts> Hosts::parse(std::string const& conninfo)
{
    auto const options = read(conninfo);
    if (!options)
        return options.error();
    ConnectParams said;
    take_said(options->get(), said);
    Hosts hosts;
    bool const libpq_knows_more = said.contains("service");
    if (!libpq_knows_more)
        take_places(Options{PQconndefaults(), PQconninfoFree}.get(), said);
    for (auto const& [word, value] : of_lost_connections)
        said.emplace(word, value);
    auto const names = parts(said, "host");
    auto const addresses = parts(said, "hostaddr");
    auto const ports = parts(said, "port");
    auto const count = std::max(names.size(), addresses.size());
    bool const one_by_one = count > 1 && !libpq_knows_more;
    // A store writes: on a standby that was there first it would stay, and fail.
    if (one_by_one)
        said.emplace("target_session_attrs", "read-write");
    for (std::size_t i = 0; one_by_one && i < count; ++i)
    {
        ConnectParams one = said;
        if (!choose(one, "host", names, i, count) || !choose(one, "hostaddr", addresses, i, count) ||
            !choose(one, "port", ports, i, count))
        {
            hosts.all_.clear();
            break;
        }
        hosts.all_.push_back(std::move(one));
    }
    if (hosts.all_.empty())
        hosts.all_.push_back(said);
    // "Rather a standby" means: look at all for a standby first, then take any.
    if (hosts.all_.size() > 1 && said["target_session_attrs"] == "prefer-standby")
    {
        auto any = hosts.all_;
        for (ConnectParams& one : hosts.all_)
            one["target_session_attrs"] = "standby";
        for (ConnectParams& one : any)
        {
            one["target_session_attrs"] = "any";
            hosts.all_.push_back(std::move(one));
        }
    }
    return hosts;
}

} // namespace scimkit::postgresql

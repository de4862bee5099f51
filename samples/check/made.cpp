// Servers say in many ways what they made, and some do not say it at all; whatever a check made must go all the same.
#include "made.hpp"

#include <scimkit/core/text.hpp>

#include "session.hpp"

#include <algorithm>
#include <random>

namespace check
{

namespace
{

constexpr std::string_view stranger = "/Users/scimkit-check-no-such-id"; // where PUT must not make anything
constexpr std::size_t most_listed = 10'000;                              // that are read of a list that is not filtered

json::value const* member(json::object const& object, std::string_view name)
{
    for (auto const& each : object)
        if (scimkit::equal_ascii_ignoring_case(each.key(), name))
            return &each.value();
    return nullptr;
}

std::string text_of(json::object const& object, std::string_view name)
{
    auto const* const value = member(object, name);
    return value && value->is_string() ? std::string{value->get_string()} : std::string{};
}

std::string id_of(json::object const& object)
{
    auto const* const id = member(object, "id");
    if (id && id->is_uint64())
        return std::to_string(id->get_uint64());
    if (id && id->is_int64())
        return std::to_string(id->get_int64());
    return text_of(object, "id");
}

/// By what a resource is known again: its userName, an address, or its displayName.
std::vector<std::string> names_of(json::object const& resource)
{
    std::vector<std::string> names{text_of(resource, "userName")};
    if (auto const* const emails = member(resource, "emails"); emails && emails->is_array())
        for (auto const& each : emails->get_array())
            if (each.is_object())
                names.push_back(text_of(each.get_object(), "value"));
    names.push_back(text_of(resource, "displayName"));
    std::erase(names, "");
    return names;
}

int digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

std::string decoded(std::string_view segment)
{
    std::string text;
    for (std::size_t i = 0; i < segment.size(); ++i)
        if (segment[i] == '%' && i + 2 < segment.size() && digit(segment[i + 1]) >= 0 && digit(segment[i + 2]) >= 0)
        {
            text += static_cast<char>(digit(segment[i + 1]) * 16 + digit(segment[i + 2]));
            i += 2;
        }
        else
            text += segment[i];
    return text;
}

/// The target of a URL, if it ends with that endpoint and one segment; else empty.
std::string target_at(std::string_view location, std::string_view endpoint)
{
    location = location.substr(0, location.find_first_of("?#"));
    while (location.ends_with('/'))
        location.remove_suffix(1);
    auto const slash = location.rfind('/');
    if (slash == location.npos || slash < endpoint.size() || slash + 1 == location.size() ||
        !scimkit::equal_ascii_ignoring_case(location.substr(slash - endpoint.size(), endpoint.size()), endpoint))
        return {};
    return target_of(endpoint, decoded(location.substr(slash + 1)));
}

/// The status of an entry of a job, which some write as a number; 0: none.
int status_of(json::object const& entry)
{
    auto const* const status = member(entry, "status");
    if (status && status->is_int64())
        return static_cast<int>(std::clamp<std::int64_t>(status->get_int64(), 0, 999));
    if (status && status->is_uint64())
        return static_cast<int>(std::min<std::uint64_t>(status->get_uint64(), 999));
    auto const text = text_of(entry, "status");
    return text.size() == 3 && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; })
               ? std::stoi(text)
               : 0;
}

/// Said to be refused, so that nothing was made. Of 5xx and of no answer nobody knows.
bool is_refusal(int status) { return (status >= 300 && status < 500) || status == 501; }

std::string endpoint_of(Asked const& asked) { return asked.target.substr(0, asked.target.find('?')); }

json::object sent_by(Asked const& asked)
{
    auto const sent = scimkit::parse_json(asked.body, {});
    return sent && sent->is_object() ? sent->get_object() : json::object{};
}

/// What a job says of an operation; null pointer: nothing.
json::object const* entry_of(Asked const& job, json::object const& operation, std::size_t place)
{
    auto const* const list = job.at("Operations");
    if (!list || !list->is_array())
        return nullptr;
    auto const bulk_id = text_of(operation, "bulkId");
    for (auto const& each : list->get_array())
        if (each.is_object() && !bulk_id.empty() && text_of(each.get_object(), "bulkId") == bulk_id)
            return &each.get_object();
    if (place >= list->get_array().size() || !list->get_array()[place].is_object())
        return nullptr;
    auto const& entry = list->get_array()[place].get_object();
    return text_of(entry, "bulkId").empty() || bulk_id.empty() ? &entry : nullptr;
}

/// The target of what an entry says was made; empty: it does not say where.
std::string place_of(json::object const& entry, std::string const& endpoint)
{
    if (auto found = target_at(text_of(entry, "location"), endpoint); !found.empty())
        return found;
    auto const* const response = member(entry, "response");
    auto const id = response && response->is_object() ? id_of(response->get_object()) : std::string{};
    return id.empty() ? id : target_of(endpoint, id);
}

} // namespace

std::string place_of(Asked const& asked)
{
    if (asked.status < 200 || asked.status >= 300)
        return {};
    auto const endpoint = endpoint_of(asked);
    auto const* const body = asked.answer.if_object();
    if (asked.status != 201)
    {
        // Only its name says that it is ours: a list or somebody else may be in the answer.
        auto const sent = text_of(sent_by(asked), "userName");
        if (!body || sent.empty() || !scimkit::equal_ascii_ignoring_case(text_of(*body, "userName"), sent))
            return {};
    }
    if (auto const id = body ? id_of(*body) : std::string{}; !id.empty())
        return target_of(endpoint, id);
    if (auto found = target_at(asked.header("Location"), endpoint); !found.empty())
        return found;
    return target_at(asked.text("meta.location"), endpoint);
}

Made::Made(client::Client const& client)
    : client_(client)
    , prefix_("scimkit-check-")
{
    std::random_device random;
    for (int i = 0; i < 10; ++i)
        prefix_ += "abcdefghijklmnopqrstuvwxyz"[random() % 26];
}

std::string Made::new_name() const
{
    std::random_device random;
    auto name = prefix_;
    for (int i = 0; i < 10; ++i)
        name += "abcdefghijklmnopqrstuvwxyz"[random() % 26];
    return name;
}

void Made::remember(Asked const& asked)
{
    if (asked.method == "PUT" && asked.target == stranger && asked.status >= 200 && asked.status < 300)
        known_.push_back(asked.target);
    if (asked.method != "POST" || asked.target.find("/.search") != std::string::npos)
        return;
    if (asked.target == "/Bulk")
        remember_job(asked);
    else
        remember_one(asked);
}

void Made::remember_one(Asked const& asked)
{
    if (auto place = place_of(asked); !place.empty())
        known_.push_back(std::move(place));
    else if (auto const names = names_of(sent_by(asked)); !is_refusal(asked.status) && !names.empty())
        lost_.push_back({endpoint_of(asked), names.front()});
}

void Made::remember_job(Asked const& asked)
{
    auto const job = sent_by(asked);
    auto const* const operations = member(job, "Operations");
    if (is_refusal(asked.status) || !operations || !operations->is_array())
        return;
    for (std::size_t i = 0; i < operations->get_array().size(); ++i)
    {
        auto const& operation = operations->get_array()[i].get_object(); // sent by a check
        auto const* const data = member(operation, "data");
        if (!data || !data->is_object())
            continue;
        auto const names = names_of(data->get_object());
        std::string const endpoint = member(data->get_object(), "userName") ? "/Users" : "/Groups";
        auto const* const entry = entry_of(asked, operation, i);
        auto const status = entry ? status_of(*entry) : 0;
        if (is_refusal(status))
            continue;
        auto place = status >= 200 && status < 300 ? place_of(*entry, endpoint) : std::string{};
        if (!place.empty())
            known_.push_back(std::move(place));
        else if (!names.empty())
            lost_.push_back({endpoint, names.front()});
    }
}

bool Made::is_known(std::string const& endpoint) const
{
    return std::any_of(known_.begin(), known_.end(),
                       [&](std::string const& target) { return target.starts_with(endpoint + "/"); });
}

bool Made::is_lost(std::string const& endpoint) const
{
    return std::any_of(lost_.begin(), lost_.end(), [&](Lost const& lost) { return lost.endpoint == endpoint; });
}

bool Made::is_ours(std::string_view name) const
{
    return name.size() > prefix_.size() && scimkit::equal_ascii_ignoring_case(name.substr(0, prefix_.size()), prefix_);
}

/// A filter that finds none of those that are there certainly is believed nothing.
Made::Look Made::look(std::string const& endpoint, bool filtered) const
{
    Look look;
    client::Query query;
    query.count = 100;
    if (filtered)
        query.filter = std::string{endpoint == "/Groups" ? "displayName" : "userName"} + " sw \"" + prefix_ + '"';
    auto pages = client_.pages(endpoint, std::move(query));
    for (std::size_t read = 0; read < most_listed;)
    {
        auto const page = pages.next();
        if (!page)
            break;
        if (!*page)
        {
            look.whole = pages.complete();
            break;
        }
        read += (*page)->resources.size();
        for (auto const& resource : (*page)->resources)
            for (auto const& name : names_of(resource.body))
                if (is_ours(name) && !resource.id.empty())
                {
                    look.targets.insert(target_of(endpoint, resource.id));
                    look.names.insert(scimkit::to_ascii_lower(name));
                }
    }
    if (filtered)
        look.whole = look.whole && std::any_of(known_.begin(), known_.end(),
                                               [&](std::string const& each) { return look.targets.contains(each); });
    return look;
}

bool Made::remove(std::string const& target) const
{
    for (int attempt = 0; attempt < 2; ++attempt)
        if (auto const answered = client_.raw("DELETE", target); answered && answered->status < 500)
            return answered->status < 300 || answered->status == 404 || answered->status == 410;
    return false;
}

bool Made::is_gone(std::string const& target) const
{
    auto const answered = client_.raw("GET", target);
    return answered && (answered->status == 404 || answered->status == 410);
}

void Made::clean_up(std::string const& endpoint, std::vector<std::string>& left)
{
    bool const lost = is_lost(endpoint);
    if (!lost && !is_known(endpoint))
        return;
    bool filtered = true;
    auto before = look(endpoint, filtered);
    if (lost && !before.whole)
    {
        filtered = false;
        auto all = look(endpoint, filtered);
        before.targets.merge(all.targets);
        before.names.merge(all.names);
        before.whole = all.whole;
    }
    auto targets = before.targets;
    for (auto const& each : known_)
        if (each.starts_with(endpoint + "/"))
            targets.insert(each);
    for (auto const& each : targets)
        if (!remove(each))
            left.push_back(each);
    for (auto const& each : look(endpoint, filtered).targets)
        if (std::find(left.begin(), left.end(), each) == left.end() && !is_gone(each))
            left.push_back(each);
    for (auto const& each : lost_)
        if (each.endpoint == endpoint && !before.whole && !before.names.contains(scimkit::to_ascii_lower(each.name)))
            left.push_back(endpoint + ": perhaps " + each.name);
}

std::vector<std::string> Made::clean_up()
{
    std::vector<std::string> left;
    clean_up("/Groups", left); // they refer to users
    clean_up("/Users", left);
    known_.clear();
    lost_.clear();
    return left;
}

} // namespace check

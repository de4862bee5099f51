// Everything that happens around a request is here, so that each operation says only what it asks and what it expects.
#include "exchange.hpp"

#include "error_answer.hpp"
#include "remote.hpp"

#include <algorithm>
#include <thread>
#include <utility>

namespace scimkit::client
{

namespace
{

constexpr std::string_view media_type = "application/scim+json";

Failure given_up() { return {FailureKind::cancelled, {ErrorCode::unavailable, "Given up, as was asked."}, 0, false}; }

/// What is sent must be a header, whoever it comes from: a version is a server's text.
bool harmless(std::string_view value) noexcept
{
    return std::none_of(value.begin(), value.end(),
                        [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

bool is_success(Call const& call, HttpResponse const& response) noexcept
{
    if (response.status == 304)
        return !call.if_none_match.empty();
    return response.status >= 200 && response.status < 300;
}

/// What every one on the way takes out of a path, so that another resource would be meant.
bool has_dot_segment(std::string_view target) noexcept
{
    auto path = target.substr(0, target.find('?'));
    while (!path.empty())
    {
        auto const segment = path.substr(0, path.find('/'));
        if (segment == "." || segment == "..")
            return true;
        path.remove_prefix(std::min(path.size(), segment.size() + 1));
    }
    return false;
}

void replace_all(std::string& text, std::string_view secret)
{
    for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at))
        text.replace(at, secret.size(), "(secret)");
}

/// Servers and gateways repeat what they were sent in what they say of it, and that is shown to people.
void hide_credentials(HttpResponse& response, std::vector<ResponseHeader> const& sent)
{
    constexpr std::size_t shortest = 8; // what is shorter stands in any text
    for (auto const& header : sent)
    {
        if (header.name != "Authorization")
            continue;
        auto const secret = std::string_view{header.value}.substr(header.value.find(' ') + 1);
        if (secret.size() < shortest)
            continue;
        replace_all(response.body, secret);
        for (auto& each : response.headers)
            replace_all(each.value, secret);
    }
}

} // namespace

Exchange::Exchange(ClientOptions options)
    : options_(std::move(options))
    , deviations_(options_.tolerant)
{
    while (options_.base_url.ends_with('/'))
        options_.base_url.pop_back();
    if (!options_.wait)
        options_.wait = [](std::chrono::milliseconds time) { std::this_thread::sleep_for(time); };
}

outcome<HttpRequest> Exchange::request_of(Call const& call, bool renew)
{
    if (has_dot_segment(call.target))
        return misuse("An id of \".\" or \"..\" cannot be asked for.");
    HttpRequest request{call.method, options_.base_url + call.target};
    request.timeout = options_.limits.request_timeout;
    request.max_response_bytes = options_.limits.max_response_bytes;
    request.headers = options_.headers;
    request.headers.push_back({"Accept", "application/scim+json, application/json;q=0.5"});
    if (!call.body.empty())
        request.headers.push_back({"Content-Type", std::string{media_type}});
    if (!call.if_match.empty())
        request.headers.push_back({"If-Match", call.if_match});
    if (!call.if_none_match.empty())
        request.headers.push_back({"If-None-Match", call.if_none_match});
    for (auto const& header : call.headers)
        request.headers.push_back(header);
    if (options_.credentials)
    {
        auto authorization = options_.credentials->authorization(*options_.transport, renew);
        if (!authorization)
            return authorization.error();
        request.headers.push_back({"Authorization", std::move(*authorization)});
    }
    for (auto const& header : request.headers)
        if (!harmless(header.name) || !harmless(header.value))
            return misuse("The header " + clean_text(header.name, 100) + " has a control character in it.");
    request.body = call.body;
    return request;
}

outcome<void> Exchange::take_turn()
{
    if (cancelled())
        return given_up();
    if (options_.requests_per_second <= 0)
        return {};
    auto const apart =
        std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>{1.0 / options_.requests_per_second});
    Clock::time_point turn;
    {
        std::lock_guard const lock{mutex_};
        turn = std::max(Clock::now(), next_turn_);
        next_turn_ = turn + apart;
    }
    if (auto const wait = turn - Clock::now(); wait.count() > 0)
        options_.wait(std::chrono::ceil<std::chrono::milliseconds>(wait));
    return {};
}

outcome<HttpResponse> Exchange::attempt(Call const& call, HttpRequest request, unsigned number)
{
    if (auto turn = take_turn(); !turn)
        return turn.error();
    auto const begin = Clock::now();
    auto response = options_.transport->send(request);
    if (options_.on_attempt)
        options_.on_attempt({call.method, call.target, response ? response->status : 0, number,
                             std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin),
                             response ? response->body.size() : 0});
    if (!response)
        return response.error();
    if (response->status >= 300)
        hide_credentials(*response, request.headers);
    return response;
}

outcome<Answered> Exchange::run(Call const& call)
{
    auto const deadline = Clock::now() + options_.limits.total_timeout;
    std::chrono::milliseconds waited{0}; // by a replaced `wait`, the clock may not have moved
    bool renewed = false;
    bool may_be_done = false;
    for (unsigned number = 1;; ++number)
    {
        auto request = request_of(call, renewed);
        if (!request)
            return request.error();
        auto response = attempt(call, std::move(*request), number);
        if (response && is_success(call, *response))
            return Answered{std::move(*response), may_be_done};
        auto const failure = response ? refusal(*response, options_.limits, deviations_) : response.error();
        if (failure.status == 401 && !renewed && options_.credentials && options_.credentials->renewable())
        {
            renewed = true; // 401 says that nothing was done, so this is no repetition that could do harm
            continue;
        }
        auto const wait = wait_before_retry(failure, call.repeat, number, options_.retry);
        waited += wait.value_or(std::chrono::milliseconds{0});
        if (!wait || cancelled() || Clock::now() + *wait > deadline || waited > options_.limits.total_timeout)
        {
            if (response && call.any_status)
                return Answered{std::move(*response), may_be_done};
            return failure;
        }
        may_be_done = may_be_done || may_be_carried_out(failure);
        options_.wait(*wait);
    }
}

outcome<json::value> Exchange::run_for_json(Call const& call, Answered* answered)
{
    auto done = run(call);
    if (!done)
        return done.error();
    json::value body;
    if (!done->response.body.empty() && done->response.status != 304)
    {
        auto read = read_body(done->response, options_.limits, deviations_);
        if (!read)
            return read.error();
        body = std::move(*read);
    }
    if (answered)
        *answered = std::move(*done);
    return body;
}

} // namespace scimkit::client

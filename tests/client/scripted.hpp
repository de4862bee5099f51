// A transport that answers as a test says, and clients over it.
#pragma once

#include <scimkit/client/client.hpp>
#include <scimkit/client/discovery.hpp>

#include <boost/test/unit_test.hpp>

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace scimkit::client::test
{

inline HttpResponse answer(int status, std::string body, std::vector<ResponseHeader> headers = {},
                           std::string const& type = "application/scim+json")
{
    headers.push_back({"Content-Type", type});
    return {status, std::move(headers), std::move(body)};
}

/// A ListResponse with resources of these ids.
inline std::string list(std::vector<std::string> const& ids, std::string const& total, std::string const& more = {})
{
    std::string text = R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":)" + total +
                       more + R"(,"Resources":[)";
    for (auto const& id : ids)
        text +=
            (text.ends_with('[') ? "" : ",") + (R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":")" +
                                                id + R"(","userName":")" + id + R"("})");
    return text + "]}";
}

class Scripted final : public Transport
{
public:
    using Handler = std::function<outcome<HttpResponse>(HttpRequest const&)>;

    explicit Scripted(Handler handler)
        : handler_(std::move(handler))
    {
    }

    outcome<HttpResponse> send(HttpRequest const& request) override
    {
        std::lock_guard const lock{mutex_};
        requests.push_back(request);
        return handler_(request);
    }

    std::vector<HttpRequest> requests;

private:
    std::mutex mutex_;
    Handler handler_;
};

/// A client over a script, whose waits are only remembered.
struct Scenario
{
    explicit Scenario(Scripted::Handler handler, std::function<void(ClientOptions&)> const& more = {})
        : transport(std::make_shared<Scripted>(std::move(handler)))
        , client(make(more))
    {
    }

    Client make(std::function<void(ClientOptions&)> const& more)
    {
        ClientOptions options{.base_url = "https://scim.example.com/v2", .transport = transport};
        options.wait = [this](std::chrono::milliseconds time) { waits.push_back(time); };
        if (more)
            more(options);
        auto made = Client::create(std::move(options));
        BOOST_REQUIRE(made);
        return std::move(*made);
    }

    bool met(Deviation deviation) const
    {
        for (auto const& observed : client.deviations().all())
            if (observed.deviation == deviation)
                return true;
        return false;
    }

    std::vector<std::chrono::milliseconds> waits;
    std::shared_ptr<Scripted> transport;
    Client client;
};

/// Answers in the order given; the last one again and again.
inline Scripted::Handler in_turn(std::vector<outcome<HttpResponse>> answers)
{
    return [answers = std::move(answers), next = std::size_t{0}](HttpRequest const&) mutable
    { return answers[std::min(next++, answers.size() - 1)]; };
}

} // namespace scimkit::client::test

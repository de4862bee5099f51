// A Service in the same process as a server: no socket, no copy of the protocol, the same client code.
#include <scimkit/client/transport.hpp>
#include <scimkit/service/service.hpp>

#include "remote.hpp"
#include "url.hpp"

#include <utility>

namespace scimkit::client
{

namespace
{

class ServiceTransport final : public Transport
{
public:
    ServiceTransport(Service const& service, std::optional<Principal> principal)
        : service_(&service)
        , principal_(std::move(principal))
    {
    }

    outcome<HttpResponse> send(HttpRequest const& request) override
    {
        UrlParts parts;
        if (!split_url(request.url, parts))
            return misuse("The URL is none.");
        Request asked{.method = request.method, .target = parts.target.empty() ? "/" : parts.target};
        for (auto const& header : request.headers)
            asked.headers.push_back({header.name, header.value});
        asked.body = request.body;
        asked.principal = principal_;
        auto answered = service_->handle(asked);
        if (answered.body.size() > request.max_response_bytes)
            return Failure{FailureKind::too_large,
                           {ErrorCode::payload_too_large,
                            "The answer is longer than " + std::to_string(request.max_response_bytes) + " bytes."}};
        return HttpResponse{answered.status, std::move(answered.headers), std::move(answered.body)};
    }

private:
    Service const* service_;
    std::optional<Principal> principal_;
};

} // namespace

std::shared_ptr<Transport> service_transport(Service const& service, std::optional<Principal> principal)
{
    return std::make_shared<ServiceTransport>(service, std::move(principal));
}

} // namespace scimkit::client

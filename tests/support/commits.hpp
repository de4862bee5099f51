// A store that counts in how many commits a request was carried out.
#pragma once

#include <scimkit/store/forwarding_store.hpp>

namespace scimkit::test
{

/// Counts the write transactions that came to an end.
class Commits : public ForwardingStore
{
public:
    using ForwardingStore::ForwardingStore;

    result<void> write(Attachment const& attachment, std::string_view tenant, CallContext const& context,
                       Body<WriteTransaction> body) override
    {
        auto written = ForwardingStore::write(attachment, tenant, context, body);
        count += written ? 1 : 0;
        return written;
    }

    int count = 0;
};

} // namespace scimkit::test

// A begin for each read would take the lock of LMDB's table of readers; a transaction that is renewed takes none. The
// price is that a thread must find its slot again, and that whoever moves the map must wait for all of them.
#include "reader_slots.hpp"

#include <cassert>
#include <thread>

namespace scimkit::lmdb
{

// Readers write `taken`, then read `closed_`; the closer writes `closed_`, then reads `taken`. With sequential
// consistency at least one of the two sees the other.
struct alignas(64) ReaderSlots::Slot
{
    std::atomic<int> taken{0};
    MDB_txn* transaction = nullptr; // reset, or null before the first use; guarded by `taken`
};

namespace
{

// Threads start at different slots and stay at the one that they got last.
unsigned& home_slot()
{
    static std::atomic<unsigned> next_home{0};
    thread_local unsigned home = next_home.fetch_add(1, std::memory_order_relaxed);
    return home;
}

} // namespace

ReaderSlots::ReaderSlots(MDB_env* env, unsigned count)
    : env_(env)
    , count_(count)
    , slots_(std::make_unique<Slot[]>(count))
{
    assert(count > 0);
}

ReaderSlots::~ReaderSlots()
{
    for (unsigned i = 0; i < count_; ++i)
        if (slots_[i].transaction)
            mdb_txn_abort(slots_[i].transaction);
}

ReaderSlots::Slot* ReaderSlots::take()
{
    unsigned& home = home_slot();
    unsigned index = home % count_;
    for (unsigned tried = 0; tried < count_;)
    {
        if (closed_.load() != 0) // asked first: wait() itself counts waiters in memory that all threads share
            closed_.wait(1);
        Slot& slot = slots_[index];
        if (slot.taken.load(std::memory_order_relaxed) == 0 && slot.taken.exchange(1) == 0)
        {
            if (closed_.load() == 0)
            {
                home = index;
                return &slot;
            }
            give_back(slot);
            continue;
        }
        index = index + 1 == count_ ? 0 : index + 1;
        ++tried;
    }
    return nullptr;
}

void ReaderSlots::give_back(Slot& slot) noexcept { slot.taken.store(0); }

ReaderSlots::Lease::Lease(ReaderSlots& slots)
    : slots_(slots)
    , slot_(slots.take())
{
}

ReaderSlots::Lease::~Lease()
{
    if (!slot_)
        return;
    if (active_)
        mdb_txn_reset(slot_->transaction);
    slots_.give_back(*slot_);
}

int ReaderSlots::Lease::begin()
{
    if (!slot_)
        return MDB_READERS_FULL;
    int error = !slot_->transaction ? mdb_txn_begin(slots_.env_, nullptr, MDB_RDONLY, &slot_->transaction)
                                    : mdb_txn_renew(slot_->transaction);
    // LMDB takes the number of the last commit first and the meta page of that number's parity after it. A reader that
    // sleeps in between while two commits pass gets the newer page before its commit is announced, and its next
    // snapshot could be older than this one. So: again, until no such page can have come in between.
    constexpr int enough = 100;
    for (int attempt = 0; error == 0 && attempt < enough; ++attempt)
    {
        MDB_envinfo info;
        mdb_env_info(slots_.env_, &info);
        if (info.me_last_txnid <= mdb_txn_id(slot_->transaction) + 1)
            break;
        mdb_txn_reset(slot_->transaction);
        error = mdb_txn_renew(slot_->transaction);
    }
    active_ = error == 0;
    return error;
}

MDB_txn* ReaderSlots::Lease::transaction() const
{
    assert(active_);
    return slot_->transaction;
}

// Looks again and again in place of waiting for a notification: the wait must have an end, or one reader that stays
// would keep all others out for as long.
ReaderSlots::ClosedGate::ClosedGate(ReaderSlots& slots, std::chrono::milliseconds patience)
    : slots_(slots)
{
    slots_.closed_.store(1);
    auto const end = std::chrono::steady_clock::now() + patience;
    for (unsigned i = 0; i < slots_.count_;)
        if (slots_.slots_[i].taken.load() == 0)
            ++i;
        else if (std::chrono::steady_clock::now() >= end)
            return;
        else
            std::this_thread::sleep_for(std::chrono::microseconds{200});
    alone_ = true;
}

ReaderSlots::ClosedGate::~ClosedGate()
{
    slots_.closed_.store(0);
    slots_.closed_.notify_all();
}

} // namespace scimkit::lmdb

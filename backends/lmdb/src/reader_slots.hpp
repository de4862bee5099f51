// ReaderSlots: read transactions that are kept and renewed, and the gate that stops readers while the map is moved.
//
// A read takes the slot that its thread had last: one atomic exchange on a cache line of its own, then
// mdb_txn_renew(), which takes no lock. Readers therefore share no memory that anybody writes, and wait for nothing
// but the rare move of the map.
#pragma once

#include <lmdb.h>

#include <atomic>
#include <chrono>
#include <memory>

namespace scimkit::lmdb
{

class ReaderSlots
{
    struct Slot;

public:
    /// `env` is open with MDB_NOTLS, has `count` readers (at least 1) and outlives the slots.
    ReaderSlots(MDB_env* env, unsigned count);
    ~ReaderSlots();

    /// A read transaction for the time of one body.
    class Lease
    {
    public:
        /// Waits while the gate is closed, which is never long.
        explicit Lease(ReaderSlots& slots);
        Lease(Lease const&) = delete;
        Lease& operator=(Lease const&) = delete;
        ~Lease();

        /// False when every slot is taken: then it keeps no map in its place either.
        bool holds() const noexcept { return slot_ != nullptr; }

        /// 0, or LMDB's error: MDB_READERS_FULL when every slot is taken.
        int begin();

        /// Only after begin() returned 0.
        MDB_txn* transaction() const;

    private:
        ReaderSlots& slots_;
        Slot* slot_;
        bool active_ = false;
    };

    /// Keeps readers out for a moment: the constructor returns when none is left inside, or after `patience`, whichever
    /// is first. Readers that come meanwhile wait until the gate opens again, so its life must be short. One closer at
    /// a time.
    class ClosedGate
    {
    public:
        ClosedGate(ReaderSlots& slots, std::chrono::milliseconds patience);
        ClosedGate(ClosedGate const&) = delete;
        ClosedGate& operator=(ClosedGate const&) = delete;
        ~ClosedGate();

        /// True when no reader is inside.
        bool alone() const noexcept { return alone_; }

    private:
        ReaderSlots& slots_;
        bool alone_ = false;
    };

private:
    Slot* take();
    void give_back(Slot& slot) noexcept;

    MDB_env* env_;
    unsigned count_;
    std::unique_ptr<Slot[]> slots_;
    std::atomic<int> closed_{0};
};

} // namespace scimkit::lmdb

%% What callers and the server share: an array of atomics for all sessions, and one for each.

%% Whether messages go in, bytes that wait, the most of them, and how many messages have been left out.
-define(GATE, 1).
-define(BYTES, 2).
-define(MOST, 3).
-define(LEFT_OUT, 4).
%% States of the gate: messages go in, too many wait, or there is no reel.
-define(OPEN, 0).
-define(FULL, 1).
-define(DOWN, 2).
%% How many messages the next gap of a session lacks so far, and when the first of them happened.
-define(LACKS, 1).
-define(SINCE, 2).
%% Whether its whole state is larger than all the room.
-define(TOO_LARGE, 3).

// The door of report/.
#pragma once

// The door of programme/.
#pragma once

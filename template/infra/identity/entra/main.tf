# Our client at Microsoft Entra ID: one organisation's people, code with PKCE, exact redirect addresses.
# Sign in first: az login.
terraform {
  required_version = ">= 1.11"

  required_providers {
    azuread = {
      source  = "hashicorp/azuread"
      version = ">= 3, < 4"
    }
  }
}

variable "public_url" {
  description = "The address that people open, such as https://desk.example.com."
  type        = string

  validation {
    condition     = startswith(var.public_url, "https://") && !endswith(var.public_url, "/") && !strcontains(var.public_url, "*")
    error_message = "Give one https address without a slash at its end."
  }
}

data "azuread_client_config" "current" {}

resource "azuread_application" "product" {
  display_name     = "product"
  sign_in_audience = "AzureADMyOrg"

  api {
    requested_access_token_version = 2
  }

  web {
    # The second one is where people land after signing out; Entra keeps both kinds in one list.
    redirect_uris = ["${var.public_url}/auth/callback", "${var.public_url}/"]
    logout_url    = "${var.public_url}/auth/frontchannel"

    implicit_grant {
      access_token_issuance_enabled = false
      id_token_issuance_enabled     = false
    }
  }

  optional_claims {
    id_token {
      name = "email"
    }

    # Which authentication contexts of Conditional Access the sign-in satisfied, and when it was.
    id_token {
      name = "acrs"
    }

    id_token {
      name = "auth_time"
    }

    # Which of Entra's sessions it is: what the front channel names when somebody signs out there.
    id_token {
      name = "sid"
    }

    # Names the account at sign-out, so that nobody has to pick one.
    id_token {
      name = "login_hint"
    }
  }
}

resource "azuread_service_principal" "product" {
  client_id                    = azuread_application.product.client_id
  app_role_assignment_required = true
}

output "client_id" {
  description = "The setting OIDC_CLIENT_ID."
  value       = azuread_application.product.client_id
}

output "issuer" {
  description = "The setting OIDC_ISSUER."
  value       = "https://login.microsoftonline.com/${data.azuread_client_config.current.tenant_id}/v2.0"
}
